import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { PersistDriver } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { bytes, collect, writeAll } from '../documents.js';
import { rejectionOf } from '../expect-error.js';

const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `list/${String(index).padStart(3, '0')}${letter}`);

export const listMeanwhileCases: readonly ConformanceCase[] = [
  {
    id: 'H66',
    section: 'H',
    title: 'what is inserted and removed during a listing disturbs no other key',
    proves: 'A listing beside busy writers neither skips nor repeats what is there all the time.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const steady = numbered('s', 120);
      const removed = numbered('r', 120);
      const inserted = numbered('i', 120);
      await writeAll(driver, [...steady, ...removed]);
      const changes = context.random.shuffled([
        ...removed.map((key) => () => peer.remove(key)),
        ...inserted.map((key) => () => peer.write(key, bytes(key))),
      ]);
      const listed: string[] = [];
      for await (const key of driver.list('list')) {
        listed.push(key);
        for (const change of changes.splice(-3)) await change();
      }
      assertListing(listed, steady, [...removed, ...inserted]);
    },
  },
  {
    id: 'H66-processes',
    section: 'H',
    title: 'what another process inserts and removes during listings disturbs no other key',
    proves: 'The same, with a writer that does not wait for the lister.',
    needs: ['openInProcess'],
    async run(context) {
      const driver = await context.open();
      const child = await context.spawn();
      const steady = numbered('s', 60);
      const churned = numbered('c', 60);
      await writeAll(driver, steady);
      const churning = child.run('churn', { keys: context.random.shuffled(churned) });
      for (let round = 0; round < 20; round += 1) {
        assertListing(await collect(driver.list('list')), steady, churned);
      }
      await child.run('stop', undefined);
      assert.ok((await churning) > 0, 'the other process must have written meanwhile');
      assert.deepEqual(
        await collect(driver.list('list')),
        steady,
        'list once the other process has removed all its keys',
      );
    },
  },
  {
    id: 'H69',
    section: 'H',
    title: 'a listing that is left early, or aborted, holds on to nothing',
    proves: 'A supervisor that looks for the first match a million times does not run out of anything.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      await writeAll(driver, [...numbered('a', 50), ...numbered('b', 50)]);
      const leaveEarly = async () => {
        for await (const _key of driver.list('list')) break;
      };
      await leaveEarly();
      const before = openFiles();
      for (let round = 0; round < 100; round += 1) await leaveEarly();
      const controller = new AbortController();
      await abortMidway(driver, controller);
      await turn();
      const leaked = openFiles() - before;
      assert.ok(leaked < 50, `100 listings that were left early hold ${leaked} files open`);
      const listeners = getEventListeners(controller.signal, 'abort').length;
      assert.equal(listeners, 0, `an aborted listing must leave no listener on the signal, but left ${listeners}`);
      await driver.list('list')[Symbol.asyncIterator]().return?.();
      await driver.close();
    },
  },
];

async function abortMidway(driver: PersistDriver, controller: AbortController): Promise<void> {
  const reason = new Error('enough');
  const seen: string[] = [];
  const error = await rejectionOf('a listing whose signal is aborted after 3 keys', async () => {
    for await (const key of driver.list('list', { signal: controller.signal })) {
      seen.push(key);
      if (seen.length === 3) controller.abort(reason);
    }
    return seen;
  });
  assert.equal(error, reason, 'an aborted listing must reject with the reason of the signal');
  assert.equal(seen.length, 3, `a listing must end with the abort, but yielded ${seen.length - 3} keys after it`);
}

function assertListing(listed: readonly string[], steady: readonly string[], changing: readonly string[]): void {
  const ascending = [...new Set(listed)].sort();
  assert.deepEqual(listed, ascending, 'a listing beside writers must still be ascending, each key once');
  const known = new Set([...steady, ...changing]);
  assert.deepEqual(
    listed.filter((key) => !known.has(key)),
    [],
    'a listing beside writers must show nothing but documents',
  );
  const found = new Set(listed);
  assert.deepEqual(
    steady.filter((key) => !found.has(key)),
    [],
    'a listing beside writers must not miss keys that are there all the time',
  );
}

/** How many file descriptors this process has open; 0 where the platform does not tell. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
