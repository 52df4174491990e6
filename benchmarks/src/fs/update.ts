import type { Candidate } from '../measure/candidate.js';
import { compare } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { openEnginePeers } from '../peers/engine-peers.js';
import { openFilePeers } from '../peers/file-peers.js';
import { decode, encode } from '../workload/plain-state.js';
import { sampleState } from '../workload/sample.js';
import { change, changePlain, updateBy, updateOf } from '../workload/store-calls.js';
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
  const peers = [...files.all, ...engines.all];
  for (const { save } of peers) await save('box', state);
  return {
    title: `update one of ${containers} containers, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(
      [...(place.inMemory ? byHand.reverse() : byHand), updateOf(store), ...peers.map(updateBy)],
      {
        rounds: containers > 100 ? 5 : 20,
        runs: containers > 100 ? 2 : 10,
      },
    ),
  };
}
