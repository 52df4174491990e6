import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { PersistDriver } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, assertMissing, bytes, collect } from '../documents.js';
import { expectError } from '../expect-error.js';
import { inBackground } from '../in-background.js';
import { withinTime } from '../within-time.js';

export const lifecycleCases: readonly ConformanceCase[] = [
  {
    id: 'A1',
    section: 'A',
    title: 'storages of the harness are isolated from each other',
    proves: 'A case says something about the driver only if no other case can disturb it.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const elsewhere = await context.openElsewhere();
      await driver.write('a', bytes('here'));
      await assertMissing(elsewhere, 'a', 'after a write to another storage');
      assert.deepEqual(await collect(elsewhere.list('')), [], 'a write to another storage must not show in list');
      await using _here = await driver.lock('a', { waitMs: 0 });
      await using _there = await elsewhere.lock('a', { waitMs: 0 });
    },
  },
  {
    id: 'A2',
    section: 'A',
    title: 'two instances on one storage see each other',
    proves: 'A successor that opens the storage finds what its predecessor left.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const version = await driver.write('a', bytes('one'));
      await assertHolds(peer, 'a', 'one', 'after the write of another instance', version);
      assert.deepEqual(await collect(peer.list('')), ['a'], 'the write of another instance must show in list');
      const next = await driver.write('a', bytes('two'), { expect: version });
      await assertHolds(peer, 'a', 'two', 'after another instance wrote what this one had read before', next);
      assert.equal(await peer.remove('a'), true, 'remove of what another instance wrote must resolve with true');
      await assertMissing(driver, 'a', 'after the removal by another instance');
    },
  },
  {
    id: 'A3',
    section: 'A',
    title: 'close may be called twice',
    proves: 'Clean-up code that runs on two paths does not fail.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      await Promise.all([driver.close(), driver.close()]);
      await driver.close();
    },
  },
  {
    id: 'A4',
    section: 'A',
    title: 'every call after close is CLOSED, also while it is closing',
    proves: 'A late call is told apart from a failing backend, and never touches what was given back.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const version = await driver.write('a', bytes('one'));
      const writing = inBackground(driver.write('a', bytes('two')));
      const closing = inBackground(driver.close());
      await expectClosed(driver, version, 'while closing');
      await writing;
      await closing;
      await expectClosed(driver, version, 'after close');
      await assertHolds(await context.open(), 'a', 'two', 'after the calls on a closed instance');
    },
  },
  {
    id: 'A5',
    section: 'A',
    title: 'close waits for the calls in flight',
    proves: 'A supervisor that saves and then shuts down has saved.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const keys = Array.from({ length: 8 }, (_, index) => `k${index}`);
      const data = new Uint8Array(256 * 1024).fill(7);
      let settled = 0;
      const writes = keys.map((key) => driver.write(key, data).finally(() => (settled += 1)));
      const all = Promise.allSettled(writes);
      await driver.close();
      await turn();
      assert.equal(settled, keys.length, `close() resolved while ${keys.length - settled} writes were in flight`);
      for (const [index, outcome] of (await all).entries()) {
        assert.equal(outcome.status, 'fulfilled', `write("k${index}"), made before close(), must not be refused`);
      }
      const next = await context.open();
      for (const key of keys) {
        const document = await next.read(key);
        assert.equal(
          document?.data.byteLength,
          data.byteLength,
          `"${key}" must be there whole after close() and reopen`,
        );
      }
    },
  },
  {
    id: 'A6',
    section: 'A',
    title: 'close releases the locks of its instance and ends its waiting',
    proves: 'A clean shutdown never makes the successor wait for a lease to run out.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      await driver.lock('held', { ttlMs: 60_000 });
      await peer.lock('wanted', { ttlMs: 60_000 });
      const waiting = inBackground(
        expectError('lock("wanted") of an instance that is closed meanwhile', 'CLOSED', () =>
          driver.lock('wanted', { waitMs: 60_000 }),
        ),
      );
      await turn();
      await driver.close();
      await waiting;
      await using _lock = await peer.lock('held', { waitMs: 0 });
    },
  },
  {
    id: 'A7',
    section: 'A',
    title: '`await using` closes',
    proves: 'The instance can be left to its scope.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      {
        await using scoped = driver;
        await scoped.write('a', bytes('one'));
      }
      await expectError('read("a") after the scope has ended', 'CLOSED', () => driver.read('a'));
      await driver.close();
    },
  },
  {
    id: 'A8',
    section: 'A',
    title: 'opening what does not exist is NOT_FOUND',
    proves: 'A typo in a path never looks like an empty store, over which everything is then saved anew.',
    needs: ['openMissing'],
    async run(context) {
      await expectError('opening a storage that does not exist', 'NOT_FOUND', () => context.openMissing());
    },
  },
  {
    id: 'A9',
    section: 'A',
    title: 'the process can exit with an idle instance',
    proves: 'A program that forgot to close ends all the same.',
    needs: ['openInProcess'],
    async run(context) {
      const child = await context.spawnAlone();
      await child.run('write', { key: 'a', text: 'one' });
      await child.run('read', { key: 'a' });
      await child.run('letGo', undefined);
      const code = await withinTime(child.exited, 10_000, 'a process with nothing but an idle instance to exit');
      assert.equal(code, 0, `the process with an idle instance must exit with code 0, but exited with ${code}`);
    },
  },
  {
    id: 'A10',
    section: 'A',
    title: 'a client that was handed in stays open',
    proves: 'The owner of a connection decides when it ends.',
    needs: ['openWithClient'],
    async run(context) {
      const { driver, ping } = await context.openWithClient();
      await driver.write('a', bytes('one'));
      await driver.close();
      await ping();
    },
  },
];

async function expectClosed(driver: PersistDriver, version: string, when: string): Promise<void> {
  const calls: Record<string, () => Promise<unknown>> = {
    read: () => driver.read('a'),
    write: () => driver.write('a', bytes('late')),
    'write with expect': () => driver.write('a', bytes('late'), { expect: version }),
    remove: () => driver.remove('a'),
    list: () => collect(driver.list('')),
    lock: () => driver.lock('a', { waitMs: 0 }),
    inspectLocks: () => collect(driver.inspectLocks()),
    breakLock: () => driver.breakLock('a'),
  };
  const watch = driver.watch?.bind(driver);
  if (watch !== undefined) calls['watch'] = () => collect(watch(''));
  for (const [name, call] of Object.entries(calls)) await expectError(`${name} ${when}`, 'CLOSED', call);
}
