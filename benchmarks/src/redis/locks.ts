import { compare } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { openRedlock, redlockLacks } from '../peers/redlock-peer.js';
import { inFlight, together } from '../workload/repeat.js';
import type { RedisBench } from './bench.js';

/** A lock that nobody else wants. */
export async function freeLock({ port, client, driver }: RedisBench): Promise<Group> {
  const redlock = await openRedlock(port);
  const candidates = [
    {
      name: 'bare SET NX PX, DEL',
      lacks: 'releases whoever holds it by then',
      async run() {
        await client.set('bare-lock', 'me', 'PX', 5_000, 'NX');
        await client.del('bare-lock');
      },
    },
    { name: 'driver.lock, release', run: async () => (await driver.lock('free', {})).release() },
    {
      name: 'driver.lock, release (shared)',
      run: async () => (await driver.lock('free-shared', { mode: 'shared' })).release(),
    },
    { name: 'redlock', lacks: redlockLacks, run: async () => (await redlock.acquire('redlock-free')).release() },
  ];
  try {
    return {
      title: 'lock and release, nobody waits',
      unit: 'µs',
      measurements: await compare(candidates, { rounds: 40, runs: 25 }),
    };
  } finally {
    await redlock.close();
  }
}

/** 64 callers that want the same lock at once, until each of them had it. */
export async function contendedLock({ port, driver }: RedisBench): Promise<Group> {
  const usual = await openRedlock(port);
  const eager = await openRedlock(port, 10);
  const once = async (lock: Promise<{ release(): Promise<unknown> }>) => (await lock).release();
  const candidates = [
    { name: 'driver.lock', run: together(() => once(driver.lock('wanted', { waitMs: 60_000 }))) },
    {
      name: 'redlock, tries again every 10 ms',
      lacks: redlockLacks,
      run: together(() => once(eager.acquire('eager'))),
    },
    {
      name: 'redlock, as it comes: every 200 ms',
      lacks: redlockLacks,
      run: together(() => once(usual.acquire('usual'))),
    },
  ];
  try {
    return {
      title: `${inFlight} callers want one lock, until each had it`,
      unit: 'µs',
      measurements: await compare(candidates, { rounds: 9, runs: 1 }),
    };
  } finally {
    await usual.close();
    await eager.close();
  }
}
