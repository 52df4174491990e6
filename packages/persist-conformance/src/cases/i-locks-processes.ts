import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersistDriver } from '@sandkeep/persist-api';
import type { CaseContext } from '../case-context.js';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, bytes } from '../documents.js';
import { expectError } from '../expect-error.js';
import { CriticalSection } from '../process/critical-section.js';
import { stopBetweenCommits } from '../process/stopped.js';
import { unlessStalled } from '../unless-stalled.js';
import { withinTime } from '../within-time.js';

const hour = 3_600_000;

export const processLockCases: readonly ConformanceCase[] = [
  {
    id: 'I71-processes',
    section: 'I',
    title: 'locks exclude, and shared ones coexist, between processes',
    proves: 'A supervisor and a command-line tool do not work on one sandbox at once.',
    needs: ['openInProcess'],
    async run(context) {
      const driver = await context.open();
      const child = await context.spawn();
      const { holder } = await child.run('lock', { name: 'a', info: 'the child' });
      assert.equal(holder.pid, child.pid, 'a holder must have the id of its own process');
      const error = await expectError('lock("a") while another process holds it', 'LOCK_TIMEOUT', () =>
        driver.lock('a', { waitMs: 0 }),
      );
      assert.deepEqual(error.holders, [holder], 'LOCK_TIMEOUT must name the holder in the other process');
      await child.run('release', { name: 'a' });
      const lock = await driver.lock('a', { waitMs: 0, mode: 'shared' });
      await expectError('lock("a") in another process while this one holds it', 'LOCK_TIMEOUT', () =>
        child.run('lock', { name: 'a', waitMs: 0 }),
      );
      await child.run('lock', { name: 'a', mode: 'shared', waitMs: 0 });
      await lock.release();
      await expectError('lock("a") while another process holds it shared', 'LOCK_TIMEOUT', () =>
        driver.lock('a', { waitMs: 0 }),
      );
      await child.run('release', { name: 'a' });
      await using _lock = await driver.lock('a', { waitMs: 0 });
    },
  },
  {
    id: 'I78',
    section: 'I',
    title: 'the lock of a killed holder is free within ttl + 1 s',
    proves: 'A crash delays the successor, but not for ever.',
    needs: ['openInProcess', 'kill'],
    async run(context) {
      const driver = await context.open();
      const ttlMs = 1000;
      for (const mode of ['exclusive', 'shared'] as const) {
        const child = await context.spawn();
        const { fence } = await child.run('lock', { name: 'a', mode, ttlMs });
        await child.kill();
        await using lock = await driver.lock('a', { waitMs: ttlMs + 1000 });
        assert.ok(lock.fence > fence, `the fence must grow over an expiry, but went from ${fence} to ${lock.fence}`);
      }
    },
  },
  {
    id: 'I80',
    section: 'I',
    title: 'a holder that lost its lease never releases the lock of the next one',
    proves: 'Waking up late and cleaning up does not let a third one in.',
    needs: ['openInProcess', 'pause'],
    async run(context) {
      const driver = await context.open();
      const child = await context.spawn();
      const { fence } = await child.run('lock', { name: 'a', ttlMs: 300 });
      await stopBetweenCommits(child, driver);
      const next = await driver.lock('a', { ttlMs: 30_000 });
      assert.ok(next.fence > fence, `the fence must grow over an expiry, but went from ${fence} to ${next.fence}`);
      child.resume();
      await child.run('release', { name: 'a' });
      await expectError('lock("a") after the previous holder woke up and released', 'LOCK_TIMEOUT', () =>
        driver.lock('a', { waitMs: 0 }),
      );
      assert.equal(next.signal.aborted, false, 'the new holder must keep its lock');
      await next.release();
    },
  },
  {
    id: 'I81',
    section: 'I',
    title: 'a holder that was paused learns that its lease is lost, and its late write is refused',
    proves: 'Two that both believe that they hold the lock still lose no update.',
    needs: ['openInProcess', 'pause'],
    async run(context) {
      const driver = await context.open();
      const seen = await driver.write('a', bytes('seen by the holder'));
      const child = await context.spawn();
      await child.run('lock', { name: 'a', ttlMs: 300 });
      const loss = child.run('lossOf', { name: 'a' });
      await stopBetweenCommits(child, driver);
      await using _next = await driver.lock('a', { ttlMs: 30_000 });
      const version = await driver.write('a', bytes('by the next holder'), { expect: seen });
      child.resume();
      await expectError('the late write of the paused holder', 'CONFLICT', () =>
        child.run('write', { key: 'a', text: 'by the paused holder', expect: seen }),
      );
      await assertHolds(driver, 'a', 'by the next holder', 'after the late write of the paused holder', version);
      const reason = await withinTime(loss, 10_000, 'the signal of the lost lock to fire');
      assert.equal(reason, 'LOCK_LOST', `the reason of the lost lock's signal must be LOCK_LOST, not ${reason}`);
    },
  },
  {
    id: 'I83-processes',
    section: 'I',
    title: '3 processes × 15 turns in a critical section never meet',
    proves: 'What is not safe to do at once can be guarded by a lock between processes.',
    needs: ['openInProcess'],
    async run(context) {
      const directory = await mkdtemp(join(tmpdir(), 'sandkeep-conformance-'));
      context.defer(() => rm(directory, { recursive: true, force: true }));
      const file = join(directory, 'counter');
      const section = new CriticalSection(file);
      await section.start();
      const children = await Promise.all(Array.from({ length: 3 }, () => context.spawn()));
      const meetings = await Promise.all(
        children.map((child) => child.run('critical', { name: 'a', file, rounds: 15 })),
      );
      assert.deepEqual(meetings, [0, 0, 0], 'nobody may meet another holder of the lock inside');
      assert.equal(await section.count(), 45, 'each of 45 turns must have counted');
    },
  },
  {
    id: 'I85',
    section: 'I',
    title: 'clocks that differ by an hour change nothing',
    proves: 'No lease is judged by comparing the clocks of two machines.',
    needs: ['openInProcess', 'kill'],
    async run(context) {
      const driver = await context.open();
      await Promise.all([hour, -hour].map((offset) => assertClockDoesNotMatter(context, driver, offset)));
    },
  },
];

async function assertClockDoesNotMatter(
  context: CaseContext,
  driver: PersistDriver,
  clockOffsetMs: number,
): Promise<void> {
  const other = `a process whose clock is ${clockOffsetMs / hour} h off`;
  await unlessStalled(1500, driver, async (ttlMs) => {
    const name = `clock/${clockOffsetMs > 0 ? 'ahead' : 'behind'}/${ttlMs}`;
    const child = await context.spawn({ clockOffsetMs });
    await using lock = await driver.lock(name, { ttlMs });
    await expectError(`lock("${name}") by ${other}`, 'LOCK_TIMEOUT', () =>
      child.run('lock', { name, ttlMs, waitMs: ttlMs + 500 }),
    );
    assert.equal(lock.signal.aborted, false, `${other} must not take a lock that is renewed`);
    await lock.release();
    await child.run('lock', { name, ttlMs, waitMs: 0 });
    await expectError(`lock("${name}") while ${other} holds it`, 'LOCK_TIMEOUT', () =>
      driver.lock(name, { ttlMs, waitMs: ttlMs + 500 }),
    );
    await child.kill();
    await using _next = await driver.lock(name, { waitMs: ttlMs + 1000 });
  });
}
