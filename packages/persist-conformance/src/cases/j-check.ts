import assert from 'node:assert/strict';
import type { Finding, PersistDriver, Version } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, bytes, collect } from '../documents.js';
import { expectError } from '../expect-error.js';
import { NotVerified } from '../not-verified.js';

const checks = 4;

export const checkCases: readonly ConformanceCase[] = [
  {
    id: 'J97',
    section: 'J',
    title: 'a check of a sound storage finds nothing, and a repair changes nothing, while others use it',
    proves: 'An operator can check and repair a store that is in use.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      if (driver.check === undefined) throw new NotVerified('the driver has no check', { optional: true });
      const kept = new Map<string, Version>();
      for (let index = 0; index < 20; index += 1) {
        const key = index % 2 === 0 ? `kept-${index}` : `deep.json/${index}/kept`;
        kept.set(key, await driver.write(key, bytes(key)));
        await driver.write(`gone/${index}`, bytes('x'));
        await driver.remove(`gone/${index}`);
      }
      const held = await peer.lock('held', { ttlMs: 60_000 });
      await using _shared = await driver.lock('kept-0', { mode: 'shared', ttlMs: 60_000 });
      const stop = startMaking(peer);
      try {
        for (let round = 0; round < checks; round += 1) {
          const repair = round % 2 === 1;
          const findings: Finding[] = await collect(driver.check({ repair }));
          assert.deepEqual(findings, [], `check({ repair: ${repair} }) of a sound storage must find nothing`);
        }
      } finally {
        await stop();
      }
      for (const [key, version] of kept) await assertHolds(driver, key, key, 'after the checks', version);
      assert.equal(held.signal.aborted, false, 'a repair must not take a lock from its holder');
      await expectError('lock("held") after the checks', 'LOCK_TIMEOUT', () => driver.lock('held', { waitMs: 0 }));
      await held.release();
    },
  },
];

/** Makes and removes documents until the function that it gives is called. */
function startMaking(driver: PersistDriver): () => Promise<void> {
  let stopped = false;
  const maker = async (name: string) => {
    for (let count = 0; !stopped; count += 1) {
      const key = `busy/${name}/${count % 5}`;
      const version = await driver.write(key, bytes(key));
      if (count % 3 !== 0) await driver.remove(key, { expect: version });
    }
  };
  const making = Promise.all(['a', 'b', 'c'].map(maker));
  making.catch(() => {});
  return async () => {
    stopped = true;
    await making;
  };
}
