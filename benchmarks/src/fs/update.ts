import type { Candidate } from '../measure/candidate.js';
import { compare } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { openEnginePeers } from '../peers/engine-peers.js';
import { openFilePeers } from '../peers/file-peers.js';
import { decode, encode } from '../workload/plain-state.js';
import { type State, sampleState } from '../workload/sample.js';
import { FsBench } from './bench.js';
import type { Place } from './place.js';

/** One container of a sandbox changes: load, change, save. */
export async function updates(place: Place, containers: number): Promise<Group> {
  await using bench = await FsBench.open(place);
  await using files = await openFilePeers(bench.peers);
  await using engines = await openEnginePeers(bench.peers);
  const { bare, store } = bench;
  const state = sampleState(containers);
  await store.save('box', state);
  bare.replaceSync('box', encode(state));
  const byHand: Candidate[] = [
    {
      name: 'bare calls and JSON (promises)',
      run: async () => bare.replace('box', JSON.stringify(changePlain(JSON.parse(await bare.read('box'))))),
    },
    {
      name: 'bare calls and JSON, validated twice (synchronous)',
      run: () => bare.replaceSync('box', encode(change(decode(bare.readSync('box'))))),
    },
  ];
  const peers: Candidate[] = [];
  for (const { name, lacks, save, load } of [...files.all, ...engines.all]) {
    await save('box', state);
    peers.push({ name, lacks, run: async () => save('box', change((await load('box')) as State)) });
  }
  const update: Candidate = { name: 'store.update', run: () => store.update('box', (draft) => void change(draft)) };
  return {
    title: `update one of ${containers} containers, on ${place.title}`,
    unit: 'µs',
    measurements: await compare([...byHand, update, ...peers], {
      rounds: containers > 100 ? 5 : 20,
      runs: containers > 100 ? 2 : 10,
    }),
  };
}

function change<Changed extends Pick<State, 'containers'>>(state: Changed): Changed {
  const container = state.containers.get('container-0');
  if (container !== undefined) container.cgroupPath = `/changed/${Math.random()}`;
  return state;
}

function changePlain(plain: { containers: Record<string, { cgroupPath: string }> }): unknown {
  const container = plain.containers['container-0'];
  if (container !== undefined) container.cgroupPath = `/changed/${Math.random()}`;
  return plain;
}
