import { SandboxStore } from '@sandkeep/persist-api';
import type { Candidate } from '../measure/candidate.js';
import { compare } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { change } from '../workload/changing.js';
import { sampleState } from '../workload/sample.js';
import { type Backend, fill, nameOf } from './filled-store.js';
import { open } from './open.js';

const few = 100;
const many = 100_000;

/**
 * Saves and loads with few stored sandboxes beside those with many. As many are visited, in turn, of few as of many, where
 * they are spread over all. Visiting each once is more work for another reason: nobody has validated it yet.
 */
export async function growth({ title, open: openBackend }: Backend): Promise<Group> {
  const small = await openBackend();
  const large = await openBackend();
  try {
    await fill(small, 0, few);
    await fill(large, 0, many);
    await using smallDriver = await open(small.url);
    await using largeDriver = await open(large.url);
    const smallStore = new SandboxStore(smallDriver);
    const largeStore = new SandboxStore(largeDriver);
    const state = sampleState(1);
    let turn = 0;
    const oneOf = (count: number) => nameOf((turn++ % few) * (count / few));
    const saves: Candidate[] = [
      { name: 'save, 100 stored', prepare: () => change(state), run: () => smallStore.save(oneOf(few), state) },
      { name: 'save, 100,000 stored', prepare: () => change(state), run: () => largeStore.save(oneOf(many), state) },
    ];
    const loads: Candidate[] = [
      { name: 'load, 100 stored', run: () => smallStore.load(oneOf(few)) },
      { name: 'load, 100,000 stored', run: () => largeStore.load(oneOf(many)) },
      { name: 'load, 100,000 stored, each once', run: () => largeStore.load(nameOf((turn++ * 7919) % many)) },
    ];
    const effort = { rounds: 20, runs: 50 };
    return {
      title: `one of few sandboxes, and one of many, with ${title}`,
      unit: 'µs',
      measurements: [...(await compare(saves, effort)), ...(await compare(loads, effort))],
    };
  } finally {
    await small.close();
    await large.close();
  }
}
