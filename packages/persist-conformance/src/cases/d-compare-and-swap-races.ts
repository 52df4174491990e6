import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { isPersistError, type PersistDriver, type Version } from '@sandkeep/persist-api';
import type { CaseContext } from '../case-context.js';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, bytes } from '../documents.js';
import { incrementBy } from '../increment.js';

export const compareAndSwapRaceCases: readonly ConformanceCase[] = [
  {
    id: 'D40',
    section: 'D',
    title: 'of 50 creators at once exactly one wins, in each of 20 rounds',
    proves: 'Checking and writing are one step: there is no moment between them for another writer.',
    needs: [],
    async run(context) {
      const instances = await openSeveral(context, 4);
      for (let round = 0; round < 20; round += 1) {
        const key = `round-${round}`;
        const creators = context.random.shuffled(Array.from({ length: 50 }, (_, creator) => creator));
        const outcomes = await Promise.all(
          creators.map(async (creator) => {
            for (let turns = context.random.integer(3); turns > 0; turns -= 1) await turn();
            return create(instances[creator % instances.length] as PersistDriver, key, `${creator}`);
          }),
        );
        const winners = outcomes.filter((outcome) => outcome !== undefined);
        assert.equal(
          winners.length,
          1,
          `50 writes of "${key}" with 'absent': ${winners.length} were told that they won`,
        );
        const { text, version } = winners[0] as { text: string; version: Version };
        for (const instance of instances) await assertHolds(instance, key, text, 'after the race', version);
      }
    },
  },
  {
    id: 'D41',
    section: 'D',
    title: '8 loops × 25 read-modify-writes over several instances end at 200',
    proves: 'No update is lost, however many instances write.',
    needs: [],
    async run(context) {
      const instances = await openSeveral(context, 4);
      await Promise.all([...instances, ...instances].map((instance) => incrementBy(instance, 'counter', 25)));
      await assertHolds(instances[0] as PersistDriver, 'counter', '200', 'after 8 loops of 25 increments');
    },
  },
  {
    id: 'D42',
    section: 'D',
    title: '4 processes × 25 read-modify-writes end at 100',
    proves: 'No update is lost between processes, which share neither memory nor an event loop.',
    needs: ['openInProcess'],
    async run(context) {
      const children = await Promise.all(Array.from({ length: 4 }, () => context.spawn()));
      await Promise.all(children.map((child) => child.run('increment', { key: 'counter', times: 25 })));
      await assertHolds(await context.open(), 'counter', '100', 'after 4 processes made 25 increments each');
    },
  },
];

function openSeveral(context: CaseContext, count: number): Promise<PersistDriver[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => (index === 0 ? context.open() : context.openPeer())));
}

/** @returns undefined if somebody else was first */
async function create(driver: PersistDriver, key: string, text: string) {
  try {
    return { text, version: await driver.write(key, bytes(text), { expect: 'absent' }) };
  } catch (error) {
    if (isPersistError(error, 'CONFLICT')) return undefined;
    throw error;
  }
}
