import { setImmediate } from 'node:timers/promises';
import { median } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { holds } from '../measure/longest-hold.js';
import { encode } from '../workload/plain-state.js';
import { sampleState } from '../workload/sample.js';
import { FsBench } from './bench.js';
import type { Place } from './place.js';

const rounds = 21;

/** For how long saves and loads of large sandboxes keep everything else in the process waiting. */
export async function eventLoopHolds(place: Place): Promise<Group> {
  await using bench = await FsBench.open(place);
  const { store } = bench;
  const state = sampleState(100);
  const twenty = async (run: (id: string) => unknown) => {
    for (let index = 0; index < 20; index += 1) {
      await run(`box-${index}`);
      await setImmediate();
    }
  };
  const candidates: Readonly<Record<string, () => Promise<unknown>>> = {
    'nothing but asking': () => twenty(() => {}),
    'validate and encode alone': () => twenty(() => encode(state)),
    'store.save, one after another': () => twenty((id) => store.save(id, state)),
    'store.load, one after another': () => twenty((id) => store.load(id)),
    'store.save, 20 at once': () =>
      Promise.all(Array.from({ length: 20 }, (_, index) => store.save(`box-${index}`, state))),
    'store.load, 20 at once': () => Promise.all(Array.from({ length: 20 }, (_, index) => store.load(`box-${index}`))),
  };
  const longest = new Map<string, number[]>(Object.keys(candidates).map((name) => [name, []]));
  await twenty((id) => store.save(id, state));
  for (let round = -5; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(candidates)) {
      const { longest: held } = await holds(run);
      if (round >= 0) longest.get(name)?.push(held);
    }
  }
  return {
    title: `the longest that 20 calls held the event loop, 100 containers each, on ${place.title}`,
    unit: 'µs',
    measurements: [...longest].map(([name, values]) => ({ name, value: median(values) })),
  };
}
