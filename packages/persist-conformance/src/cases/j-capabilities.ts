import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Change, copyDocuments, memoryDriver, type PersistDriver } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, bytes, collect } from '../documents.js';
import { inBackground } from '../in-background.js';

export const capabilityCases: readonly ConformanceCase[] = [
  {
    id: 'J88',
    section: 'J',
    title: 'the driver says what it is, and each capability works or is absent',
    proves: 'A program can ask before it relies on something.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      assert.equal(driver.specVersion, 1, 'specVersion must be 1');
      assert.match(driver.name, /\S/, 'name must not be empty');
      const { shared, watch, maxDocumentBytes } = driver.capabilities;
      assert.equal(typeof shared, 'boolean', 'capabilities.shared must be a boolean');
      assert.ok(Number.isSafeInteger(maxDocumentBytes), 'capabilities.maxDocumentBytes must be an integer');
      const health = await driver.health();
      assert.ok(['ok', 'at-risk'].includes(health.status), `health() of a working storage says ${health.status}`);
      assert.deepEqual(JSON.parse(JSON.stringify(health)), health, 'health must be plain data');
      if (watch) await assertWatches(driver, await context.openPeer());
      else assert.equal(driver.watch, undefined, 'watch must be undefined where capabilities.watch is false');
    },
  },
  {
    id: 'J88-processes',
    section: 'J',
    title: 'another process sees the same documents',
    proves: 'What `capabilities.shared` declares holds.',
    needs: ['openInProcess'],
    async run(context) {
      const driver = await context.open();
      const child = await context.spawn();
      const version = await driver.write('a', bytes('from the parent'));
      assert.deepEqual(await child.run('read', { key: 'a' }), { text: 'from the parent', version });
      const next = await child.run('write', { key: 'a', text: 'from the child', expect: version });
      await assertHolds(driver, 'a', 'from the child', 'after the write of another process', next);
    },
  },
  {
    id: 'J96',
    section: 'J',
    title: 'copying to another driver and back keeps every document',
    proves: '`copyDocuments` moves a store from one backend to another, whatever the backends.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      await using between = memoryDriver();
      const back = await context.openElsewhere();
      const originals = new Map<string, Uint8Array>();
      for (let index = 0; index < 40; index += 1) {
        const key = `copy/${context.random.integer(10)}/d-${index}${index % 3 === 0 ? '/deep.json' : ''}`;
        const data = Uint8Array.from({ length: context.random.integer(5000) }, () => context.random.integer(256));
        originals.set(key, data);
        await driver.write(key, data);
      }
      await copyAll(driver, between);
      await copyAll(between, back);
      assert.deepEqual(await collect(back.list('')), [...originals.keys()].sort(), 'the copy must have the same keys');
      for (const [key, data] of originals) {
        const copy = await back.read(key);
        assert.ok(copy && Buffer.from(data).equals(copy.data), `the copy of "${key}" must have the same bytes`);
      }
    },
  },
];

async function copyAll(from: PersistDriver, to: PersistDriver): Promise<void> {
  for await (const { key, outcome, error } of copyDocuments(from, to)) {
    assert.equal(outcome, 'written', `"${key}" must be copied: ${error?.message}`);
  }
}

async function assertWatches(driver: PersistDriver, writer: PersistDriver): Promise<void> {
  assert.ok(driver.watch, 'watch must be there where capabilities.watch is true');
  const changes = driver.watch('seen')[Symbol.asyncIterator]();
  const written = await nextChange(changes, async () => {
    await writer.write('seen-not/a', bytes('one'));
    await writer.write('seen/a', bytes('one'));
  });
  assert.equal(written.key, 'seen/a', 'watch must tell a write below its prefix, and no other');
  assert.equal(written.type, 'written', 'watch must tell what happened');
  let removed = await nextChange(changes, () => writer.remove('seen/a'));
  while (removed.type !== 'removed') removed = await nextChange(changes, async () => {});
  assert.equal(removed.key, 'seen/a', 'watch must name the removed document');
  await changes.return?.();
}

/** The next change; `act` is repeated until there is one, because a subscription takes effect in its own time. */
async function nextChange(changes: AsyncIterator<Change>, act: () => Promise<unknown>): Promise<Change> {
  let arrived = false;
  const next = inBackground(changes.next().finally(() => (arrived = true)));
  while (!arrived) {
    await act();
    await sleep(20);
  }
  return (await next).value;
}
