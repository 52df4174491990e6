import { type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import type { Candidate } from '../measure/candidate.js';
import { compare, type Effort } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import type { Peer } from '../peers/peer.js';
import { encode } from './plain-state.js';
import type { Repeat } from './repeat.js';
import { type State, sampleState } from './sample.js';

/** What a backend's own client does without a driver. */
export interface BareCalls {
  read(name: string): unknown;
  write(name: string, text: string): unknown;
  remove(name: string): unknown;
}

export interface StoreCalls {
  readonly bare: BareCalls;
  readonly store: SandboxStore;
  readonly peers: readonly Peer[];
}

/** One container of a sandbox changes: load, change, save. */
export async function updates(calls: StoreCalls, containers: number, effort: Effort): Promise<Group> {
  const { bare, store, peers } = calls;
  const state = sampleState(containers);
  await store.save('box', state);
  await bare.write('box', encode(state));
  for (const { save } of peers) await save('box', state);
  const byHand: Candidate = {
    name: 'bare calls and JSON',
    run: async () => bare.write('box', JSON.stringify(changePlain(JSON.parse(String(await bare.read('box')))))),
  };
  return {
    title: `update one of ${containers} containers`,
    unit: 'µs',
    measurements: await compare([byHand, updateOf(store), ...peers.map(updateBy)], effort),
  };
}

/** Saves on the condition that nobody else has saved since. */
export function conditionalSave(store: SandboxStore, state: State, repeat: Repeat): Candidate {
  const revisions = new Map<string, string>();
  return {
    name: 'store.save with ifRevision',
    run: repeat(async (name) => {
      const ifRevision = revisions.get(name) ?? 'absent';
      revisions.set(name, await store.save(`if-${name}`, state, { ifRevision }));
    }),
  };
}

/** Loads through a store, and through one that has validated none of it yet, as what others wrote or after a start. */
export function storeLoads(driver: PersistDriver, store: SandboxStore, repeat: Repeat): Candidate[] {
  let fresh = store;
  return [
    { name: 'store.load', run: repeat((name) => store.load(name)) },
    {
      name: 'store.load of what others wrote',
      prepare() {
        fresh = new SandboxStore(driver);
      },
      run: repeat((name) => fresh.load(name)),
    },
  ];
}

export function updateOf(store: SandboxStore): Candidate {
  return { name: 'store.update', run: () => store.update('box', (draft) => void change(draft)) };
}

export function updateBy({ name, lacks, save, load }: Peer): Candidate {
  return { name, lacks, run: async () => save('box', change((await load('box')) as State)) };
}

export async function findsMissing({ bare, store }: StoreCalls, effort: Effort): Promise<Group> {
  const candidates: Candidate[] = [
    { name: 'bare read', run: () => bare.read('missing') },
    { name: 'store.find', run: () => store.find('missing') },
  ];
  return { title: 'look for a sandbox that is not there', unit: 'µs', measurements: await compare(candidates, effort) };
}

export async function destroys({ bare, store }: StoreCalls, effort: Effort): Promise<Group> {
  const state = sampleState(10);
  const text = encode(state);
  const candidates: Candidate[] = [
    { name: 'bare removal', prepare: () => bare.write('gone', text), run: () => bare.remove('gone') },
    { name: 'store.destroy', prepare: () => store.save('gone', state), run: () => store.destroy('gone') },
  ];
  return { title: 'destroy a sandbox', unit: 'µs', measurements: await compare(candidates, effort) };
}

/** Changes one container. */
export function change<Changed extends Pick<State, 'containers'>>(state: Changed): Changed {
  Object.assign(state.containers.get('container-0') ?? {}, { cgroupPath: `/changed/${Math.random()}` });
  return state;
}

/** The same for a state as JSON holds it. */
export function changePlain(plain: { containers: Record<string, object> }): unknown {
  Object.assign(plain.containers['container-0'] ?? {}, { cgroupPath: `/changed/${Math.random()}` });
  return plain;
}
