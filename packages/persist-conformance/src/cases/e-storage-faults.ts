import assert from 'node:assert/strict';
import { isPersistError, type PersistDriver } from '@sandkeep/persist-api';
import type { CaseContext } from '../case-context.js';
import type { ConformanceCase } from '../conformance-case.js';
import { collect } from '../documents.js';
import type { StorageFault } from '../fault-hooks.js';
import { numberedDocument, numberIn } from '../numbered-document.js';
import type { DriverProcess } from '../process/driver-process.js';

export const storageFaultCases: readonly ConformanceCase[] = [
  {
    id: 'E50',
    section: 'E',
    title: 'a storage that refuses changes gives a clear error, and the old document is intact',
    proves: 'A full disk costs the save that met it, and not the state that was there.',
    needs: ['openInProcess', 'storageFaults'],
    async run(context) {
      const driver = await context.open();
      const child = await context.spawn();
      const faults = context.storageFaults();
      assert.ok(faults.length > 0, 'the harness must name one fault at least');
      for (const [index, fault] of faults.entries())
        await assertRefusesClearly(context, driver, child, fault, `${index}`);
    },
  },
  {
    id: 'E52',
    section: 'E',
    title: 'the data is flushed before the commit, and the commit before the write resolves',
    proves: 'After a power loss there is the old document or the new one, and the new one if its save had ended.',
    needs: ['openInProcess', 'recordCommits'],
    async run(context) {
      const child = await context.spawn();
      await child.run('write', { key: 'flushed/a', text: 'one' });
      for (const key of ['flushed/a', 'flushed/b']) {
        const stop = await context.recordCommits(child.pid);
        await child.run('write', { key, text: 'two' });
        const steps = await stop();
        const commit = steps.indexOf('commit');
        const said = `the steps of a write were ${steps.join(', ') || 'none'}`;
        assert.ok(commit >= 0, `a write must be committed: ${said}`);
        assert.ok(
          steps.slice(0, commit).includes('flush the data'),
          `the data must be flushed before the commit: ${said}`,
        );
        assert.ok(
          steps.slice(commit).includes('flush the commit'),
          `the commit must be flushed before it resolves: ${said}`,
        );
      }
    },
  },
  {
    id: 'E53',
    section: 'E',
    title: 'files are 0600 and directories 0700, also where the umask forbids nothing',
    proves: 'State that holds addresses and paths of sandboxes is for its owner alone.',
    needs: ['openInProcess', 'storedFiles'],
    async run(context) {
      const child = await context.spawn({ umask: 0 });
      await child.run('write', { key: 'modes/a', text: 'one' });
      await child.run('write', { key: 'modes/a', text: 'two' });
      await child.run('write', { key: 'modes/b/c', text: 'removed' });
      await child.run('remove', { key: 'modes/b/c' });
      await child.run('lock', { name: 'modes/lock' });
      for (const { path, isDirectory, mode } of await context.storedFiles()) {
        const expected = isDirectory ? 0o700 : 0o600;
        assert.equal(mode, expected, `${path} must have the mode ${expected.toString(8)}, not ${mode.toString(8)}`);
      }
    },
  },
];

/** Overwrites, creates and removes a document each while the fault lasts, and looks at what is there afterwards. */
async function assertRefusesClearly(
  context: CaseContext,
  driver: PersistDriver,
  child: DriverProcess,
  fault: StorageFault,
  directory: string,
): Promise<void> {
  const [overwritten, created, removed] = ['overwritten', 'created', 'removed'].map(
    (name) => `${directory}/${name}`,
  ) as [string, string, string];
  for (const key of [overwritten, removed]) await driver.write(key, numberedDocument(1, 20_000));
  const end = await context.beginFault(fault, child.pid);
  const outcomes = [
    { key: overwritten, before: 1, after: 2, error: await failureOf(write(child, overwritten)) },
    { key: created, before: 0, after: 2, error: await failureOf(write(child, created)) },
    { key: removed, before: 1, after: 0, error: await failureOf(child.run('remove', { key: removed })) },
  ];
  await end();
  const where = `while ${fault.name}`;
  assert.ok(
    outcomes.some(({ error }) => error !== undefined),
    `${where}, some change must fail: the fault of the harness had no effect`,
  );
  const there: string[] = [];
  for (const { key, before, after, error } of outcomes) {
    const found = numberIn(await driver.read(key), key);
    if (found > 0) there.push(key);
    const known =
      error === undefined ||
      isPersistError(error, 'OUTCOME_UNKNOWN') ||
      fault.codes.some((code) => isPersistError(error, code));
    assert.ok(
      known,
      `the change of "${key}" ${where} must fail with ${fault.codes.join(' or ')}, but failed with ${error}`,
    );
    const allowed =
      error === undefined ? [after] : isPersistError(error, 'OUTCOME_UNKNOWN') ? [before, after] : [before];
    assert.ok(
      allowed.includes(found),
      `the change of "${key}" ${where} ${error === undefined ? 'resolved' : `failed (${error})`}, but left ${found === 0 ? 'none' : `number ${found}`}`,
    );
  }
  assert.deepEqual(await collect(driver.list(directory)), there.sort(), `list after a fault (${fault.name})`);
  await child.run('writeNumbered', { key: overwritten, n: 3, size: 100 });
  assert.equal(
    numberIn(await driver.read(overwritten), overwritten),
    3,
    `after the fault (${fault.name}), writes must work again`,
  );
}

function write(child: DriverProcess, key: string): Promise<unknown> {
  return child.run('writeNumbered', { key, n: 2, size: 150_000 });
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}
