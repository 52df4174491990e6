import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import type { ConformanceCase } from '../conformance-case.js';
import { assertMissing, bytes, collect } from '../documents.js';
import { expectError } from '../expect-error.js';

export const lockCases: readonly ConformanceCase[] = [
  {
    id: 'I71',
    section: 'I',
    title: 'an exclusive lock excludes everybody else, its own instance too',
    proves: 'There is one holder.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const lock = await driver.lock('a');
      assert.equal(lock.name, 'a', 'the lock must have its name');
      assert.equal(lock.mode, 'exclusive', 'a lock is exclusive by default');
      for (const other of [driver, peer]) {
        await expectError('lock("a") while it is held', 'LOCK_TIMEOUT', () => other.lock('a', { waitMs: 0 }));
      }
      await using _neighbour = await peer.lock('a/b', { waitMs: 0 });
      await using _sibling = await peer.lock('ab', { waitMs: 0 });
      await lock.release();
      await using _next = await peer.lock('a', { waitMs: 0 });
      await expectError('lock("a") while the other instance holds it', 'LOCK_TIMEOUT', () =>
        driver.lock('a', { waitMs: 0 }),
      );
    },
  },
  {
    id: 'I72',
    section: 'I',
    title: 'shared locks coexist',
    proves: 'Readers do not queue up behind each other.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const holders = [driver, peer, driver, peer];
      const locks = await Promise.all(holders.map((holder) => holder.lock('a', { mode: 'shared', waitMs: 0 })));
      assert.equal(new Set(locks.map(({ holder }) => holder.id)).size, 4, 'each grant must have an id of its own');
      for (const lock of locks) assert.equal(lock.mode, 'shared', 'a shared lock must say so');
    },
  },
  {
    id: 'I73',
    section: 'I',
    title: 'shared and exclusive exclude each other',
    proves: 'A reader sees no half-done work of a writer, and a writer waits for every reader.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const exclusive = await driver.lock('a', { mode: 'exclusive', waitMs: 0 });
      await expectError('a shared lock while an exclusive one is held', 'LOCK_TIMEOUT', () =>
        peer.lock('a', { mode: 'shared', waitMs: 0 }),
      );
      await exclusive.release();
      const first = await driver.lock('a', { mode: 'shared', waitMs: 0 });
      const second = await peer.lock('a', { mode: 'shared', waitMs: 0 });
      await first.release();
      await expectError('an exclusive lock while one of two shared ones is held', 'LOCK_TIMEOUT', () =>
        driver.lock('a', { mode: 'exclusive', waitMs: 0 }),
      );
      await second.release();
      await using _exclusive = await driver.lock('a', { mode: 'exclusive', waitMs: 0 });
    },
  },
  {
    id: 'I74',
    section: 'I',
    title: 'a lock needs no document and makes none',
    proves: 'The name can be locked before the first save, and a lock never looks like data.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const lock = await driver.lock('never/written', { waitMs: 0 });
      await assertMissing(driver, 'never/written', 'with a lock of that name');
      assert.deepEqual(await collect(driver.list('')), [], 'a lock must not show in list');
      await lock.release();
      assert.deepEqual(await collect(driver.list('')), [], 'a released lock must not show in list');
      await driver.write('never/written', bytes('x'), { expect: 'absent' });
    },
  },
  {
    id: 'I75',
    section: 'I',
    title: 'releasing twice resolves, and never releases the lock of the next holder',
    proves: 'Clean-up code cannot let a third one in.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const first = await driver.lock('a', { waitMs: 0 });
      await Promise.all([first.release(), first.release()]);
      await using _second = await peer.lock('a', { waitMs: 0 });
      await first.release();
      await first[Symbol.asyncDispose]();
      for (const other of [driver, peer]) {
        await expectError('lock("a") after the previous holder released it again', 'LOCK_TIMEOUT', () =>
          other.lock('a', { waitMs: 0 }),
        );
      }
      assert.equal(first.signal.aborted, false, 'release() must not fire the signal');
    },
  },
  {
    id: 'I76',
    section: 'I',
    title: 'contention names the holders',
    proves: 'The person who waits learns for whom.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const info = 'conformance suite: "naming" the holder';
      for (const mode of ['exclusive', 'shared'] as const) {
        await using lock = await driver.lock('a', { mode, info, waitMs: 0 });
        const { holder } = lock;
        assert.equal(holder.pid, process.pid, 'a holder must have the id of its process');
        assert.equal(holder.host, hostname(), 'a holder must have the name of its host');
        assert.equal(holder.info, info, 'a holder must have the info that it was given');
        assert.equal(holder.mode, mode, 'a holder must have its mode');
        assert.equal(new Date(holder.since).toISOString(), holder.since, 'since must be ISO 8601 in UTC');
        for (const waitMs of [0, 50]) {
          const error = await expectError(`lock("a") with waitMs ${waitMs} while it is held`, 'LOCK_TIMEOUT', () =>
            peer.lock('a', { waitMs }),
          );
          assert.deepEqual(
            error.holders,
            [holder],
            'LOCK_TIMEOUT must name the holder, as it is told to the holder itself',
          );
          assert.equal(error.retryable, true, 'LOCK_TIMEOUT must be retryable');
        }
      }
    },
  },
  {
    id: 'I82',
    section: 'I',
    title: 'the fence grows with every grant',
    proves: 'Whatever the lock guards can refuse an older holder.',
    needs: [],
    async run(context) {
      let last = 0;
      for (let round = 0; round < 5; round += 1) {
        const driver = await context.open();
        const peer = await context.openPeer();
        for (const holder of [driver, peer]) {
          const lock = await holder.lock('a', { waitMs: 0 });
          const { fence } = lock;
          assert.ok(Number.isSafeInteger(fence), `a fence must be an integer, but is ${fence}`);
          assert.ok(fence > last, `a fence must be greater than the one before (${last}), but is ${fence}`);
          last = fence;
          await lock.release();
        }
        await driver.write('a', bytes('one'));
        await driver.remove('a');
        await driver.close();
        await peer.close();
      }
      const driver = await context.open();
      const shared = await Promise.all([1, 2, 3].map(() => driver.lock('a', { mode: 'shared' })));
      const fences = shared.map(({ fence }) => fence).sort((a, b) => a - b);
      assert.equal(
        new Set(fences).size,
        3,
        `three shared grants must have three fences, but have ${fences.join(', ')}`,
      );
      assert.ok((fences[0] as number) > last, `the fences ${fences.join(', ')} of later grants must be above ${last}`);
    },
  },
  {
    id: 'I87',
    section: 'I',
    title: 'reads and writes need no lock',
    proves: 'Locks coordinate those who take them; what protects a document is its version.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      await using _lock = await driver.lock('a', { waitMs: 0 });
      for (const other of [driver, peer]) {
        const version = await other.write('a', bytes('one'), { expect: 'absent' });
        assert.equal((await other.read('a'))?.version, version, 'read beside a lock must give the document');
        assert.deepEqual(await collect(other.list('')), ['a'], 'list beside a lock must give the document');
        assert.equal(await other.remove('a', { expect: version }), true, 'remove beside a lock must give true');
      }
    },
  },
];
