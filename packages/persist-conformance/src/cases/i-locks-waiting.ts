import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Lock, PersistDriver } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { expectError, rejectionOf } from '../expect-error.js';
import { inBackground } from '../in-background.js';
import { unlessStalled } from '../unless-stalled.js';

export const lockWaitingCases: readonly ConformanceCase[] = [
  {
    id: 'I77',
    section: 'I',
    title: 'waitMs: 0 tries once, n waits, and a release is noticed',
    proves: 'Who cannot wait learns it at once; who can gets the lock.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const lock = await driver.lock('a', { ttlMs: 60_000 });
      await expectError('lock("a") with waitMs 0', 'LOCK_TIMEOUT', () => peer.lock('a', { waitMs: 0, ttlMs: 60_000 }));
      const start = performance.now();
      await expectError('lock("a") with waitMs 200', 'LOCK_TIMEOUT', () => peer.lock('a', { waitMs: 200 }));
      const waited = performance.now() - start;
      assert.ok(
        waited >= 195,
        `lock with waitMs 200 must wait for that time, but gave up after ${Math.round(waited)} ms`,
      );
      const waiting = inBackground(peer.lock('a', { waitMs: 60_000 }));
      await turn();
      await lock.release();
      await using _next = await waiting;
    },
  },
  {
    id: 'I77-abort',
    section: 'I',
    title: 'a wait that is aborted, or times out, leaves nothing behind',
    proves: 'No ghost in the queue holds up those who come after.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      for (const mode of ['exclusive', 'shared'] as const) {
        const lock = await driver.lock('a', { ttlMs: 60_000 });
        const controller = new AbortController();
        const reason = new Error('given up');
        const waiting = inBackground(
          rejectionOf('lock("a") whose signal is aborted while it waits', () =>
            peer.lock('a', { mode, waitMs: 60_000, ttlMs: 60_000, signal: controller.signal }),
          ),
        );
        await sleep(20 + context.random.integer(60));
        controller.abort(reason);
        assert.equal(await waiting, reason, 'an aborted wait must reject with the reason of the signal');
        const listeners = getEventListeners(controller.signal, 'abort').length;
        assert.equal(listeners, 0, `an aborted wait must leave no listener on the signal, but left ${listeners}`);
        await expectError('lock("a") with waitMs 50', 'LOCK_TIMEOUT', () =>
          peer.lock('a', { mode, waitMs: 50, ttlMs: 60_000 }),
        );
        await lock.release();
        for (const next of ['shared', 'exclusive'] as const) {
          await using _lock = await driver.lock('a', { mode: next, waitMs: 0 });
        }
      }
    },
  },
  {
    id: 'I79',
    section: 'I',
    title: 'a lock renews itself far beyond its ttl',
    proves: 'Work may take longer than the lease.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      await unlessStalled(600, peer, async (ttlMs) => {
        await using lock = await driver.lock('a', { ttlMs });
        await using shared = await driver.lock('b', { ttlMs, mode: 'shared' });
        const waitOn = (name: string) =>
          expectError(`lock("${name}") for 3 × ttl`, 'LOCK_TIMEOUT', () =>
            peer.lock(name, { ttlMs, waitMs: 3 * ttlMs }).then(release),
          );
        await Promise.all([waitOn('a'), waitOn('b')]);
        assert.equal(lock.signal.aborted, false, 'a lock that is renewed must not be lost');
        assert.equal(shared.signal.aborted, false, 'a shared lock that is renewed must not be lost');
      });
    },
  },
  {
    id: 'I83',
    section: 'I',
    title: '12 contenders over 3 instances are never inside at once',
    proves: 'Mutual exclusion holds under contention, and everybody gets a turn.',
    needs: [],
    async run(context) {
      const instances = await Promise.all([context.open(), context.openPeer(), context.openPeer()]);
      let inside = 0;
      let entries = 0;
      const contend = async (driver: PersistDriver) => {
        await using _lock = await driver.lock('a', { waitMs: 60_000, ttlMs: 30_000 });
        inside += 1;
        assert.equal(inside, 1, `${inside} holders of an exclusive lock are inside at once`);
        for (let turns = context.random.integer(4); turns > 0; turns -= 1) await turn();
        inside -= 1;
        entries += 1;
      };
      await Promise.all([...instances, ...instances, ...instances, ...instances].map(contend));
      assert.equal(entries, 12, 'every contender must have been inside');
    },
  },
  {
    id: 'I86',
    section: 'I',
    title: 'a waiting writer is not starved by a stream of readers',
    proves: 'On a busy store a change still gets its turn.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      let done = false;
      let reads = 0;
      const readOn = async (holder: PersistDriver) => {
        while (!done) {
          await using _lock = await holder.lock('a', { mode: 'shared', waitMs: 60_000, ttlMs: 30_000 });
          reads += 1;
          await sleep(10 + context.random.integer(20));
        }
      };
      const readers = Promise.all([driver, peer, driver, peer, driver, peer].map(readOn));
      readers.catch(() => (done = true));
      while (reads < 6 && !done) await sleep(5);
      try {
        await using _lock = await peer.lock('a', { mode: 'exclusive', waitMs: 10_000, ttlMs: 30_000 });
      } finally {
        done = true;
        await readers;
      }
    },
  },
  {
    id: 'I84',
    section: 'I',
    title: 'a storage error is not contention',
    proves: 'Nobody waits for a holder that does not exist while the backend is down.',
    needs: ['failStorage'],
    async run(context) {
      const driver = await context.open();
      const mend = await context.failStorage();
      for (const waitMs of [0, 500]) {
        const error = await rejectionOf('lock("a") on a failing backend', () => driver.lock('a', { waitMs }));
        const { code } = error as { code?: string };
        const outages = ['UNAVAILABLE', 'TIMEOUT', 'PERMISSION_DENIED', 'NOT_FOUND'];
        assert.ok(
          outages.includes(`${code}`),
          `lock on a failing backend must reject with ${outages.join(', ')}, not with ${code}: ${error}`,
        );
      }
      await mend();
      await using _lock = await driver.lock('a');
    },
  },
];

/** Gives back what should not have been granted. */
async function release(lock: Lock): Promise<string> {
  await lock.release();
  return 'a lock';
}
