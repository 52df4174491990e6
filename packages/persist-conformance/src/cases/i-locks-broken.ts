import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPersistError, type Lock, type LockStatus } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { collect } from '../documents.js';
import { expectError } from '../expect-error.js';
import { withinTime } from '../within-time.js';

export const brokenLockCases: readonly ConformanceCase[] = [
  {
    id: 'I97',
    section: 'I',
    title: 'inspectLocks shows who holds and how many wait',
    proves: 'An operator can see what everybody waits for.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      assert.deepEqual(await collect(peer.inspectLocks()), [], 'no lock must show before the first one');
      const locks = [
        await driver.lock('b', { info: 'exclusive' }),
        await driver.lock('a/b', { mode: 'shared', info: 'first' }),
        await peer.lock('a/b', { mode: 'shared', info: 'second' }),
      ] as const;
      const controller = new AbortController();
      const waiting = peer.lock('b', { waitMs: 60_000, signal: controller.signal }).catch(() => {});
      const shown = await inspectUntil(peer, (statuses) => statuses.some(({ waiting: count }) => count > 0));
      assert.deepEqual(
        shown.map(({ name, waiting: count }) => ({ name, waiting: count })),
        [
          { name: 'a/b', waiting: 0 },
          { name: 'b', waiting: 1 },
        ],
        'inspectLocks must show both names, in order, with the one who waits',
      );
      assert.deepEqual(shown[1]?.holders, [locks[0].holder], 'inspectLocks must show the holder of "b"');
      assert.equal(shown[1]?.fence, locks[0].fence, 'inspectLocks must show the fence of "b"');
      assert.deepEqual(
        shown[0]?.holders.map(({ id }) => id).sort(),
        [locks[1].holder.id, locks[2].holder.id].sort(),
        'inspectLocks must show both holders of "a/b"',
      );
      controller.abort();
      await waiting;
      for (const lock of locks) await lock.release();
      assert.deepEqual(await collect(peer.inspectLocks()), [], 'no lock must show once all are released');
    },
  },
  {
    id: 'I98',
    section: 'I',
    title: 'a broken lock can be taken; its old holder learns it and harms nobody',
    proves: 'A stuck lock can be freed by hand, without two holders that both believe in it.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      assert.equal(await peer.breakLock('a'), false, 'breakLock of a lock that nobody holds must resolve with false');
      const old = await driver.lock('a', { ttlMs: 1000 });
      assert.equal(
        await peer.breakLock('a', { holder: 'somebody-else' }),
        false,
        'breakLock of another holder must give false',
      );
      assert.equal(old.signal.aborted, false, 'breakLock of another holder must not touch this one');
      assert.equal(
        await peer.breakLock('a', { holder: old.holder.id }),
        true,
        'breakLock of the holder must give true',
      );
      const next = await peer.lock('a', { waitMs: 0, ttlMs: 60_000 });
      assert.ok(
        next.fence > old.fence,
        `the fence must grow over a broken lock, but went from ${old.fence} to ${next.fence}`,
      );
      await assertLost(old);
      await old.release();
      await old.release();
      await expectError('lock("a") after the old holder released what it had lost', 'LOCK_TIMEOUT', () =>
        driver.lock('a', { waitMs: 0 }),
      );
      assert.equal(next.signal.aborted, false, 'the new holder must keep its lock');
      await next.release();
    },
  },
  {
    id: 'I98-shared',
    section: 'I',
    title: 'breaking one of several holders leaves the others',
    proves: 'Freeing the stuck reader does not take the lock from the healthy ones.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const stuck = await driver.lock('a', { mode: 'shared', ttlMs: 1000 });
      const healthy = await peer.lock('a', { mode: 'shared', ttlMs: 60_000 });
      assert.equal(
        await peer.breakLock('a', { holder: stuck.holder.id }),
        true,
        'breakLock of one holder must give true',
      );
      await assertLost(stuck);
      assert.equal(healthy.signal.aborted, false, 'the other holder must keep its lock');
      const error = await expectError('an exclusive lock beside the other holder', 'LOCK_TIMEOUT', () =>
        driver.lock('a', { waitMs: 0 }),
      );
      assert.deepEqual(error.holders, [healthy.holder], 'only the other holder must be left');
      assert.equal(await driver.breakLock('a'), true, 'breakLock without a holder must take it from all');
      await using _exclusive = await driver.lock('a', { waitMs: 0 });
    },
  },
];

/** Waits for the signal of a lock that was lost. */
async function assertLost({ signal }: Lock): Promise<void> {
  if (!signal.aborted) await withinTime(once(signal, 'abort'), 10_000, 'the signal of the lost lock to fire');
  assert.ok(
    isPersistError(signal.reason, 'LOCK_LOST'),
    `the reason of the signal must be LOCK_LOST, not ${signal.reason}`,
  );
}

/** What inspectLocks shows, once it shows what is waited for. */
async function inspectUntil(
  driver: { inspectLocks(): AsyncIterable<LockStatus> },
  ready: (statuses: readonly LockStatus[]) => boolean,
): Promise<LockStatus[]> {
  let statuses = await collect(driver.inspectLocks());
  while (!ready(statuses)) {
    await sleep(10);
    statuses = await collect(driver.inspectLocks());
  }
  return statuses;
}
