import type { Candidate } from '../measure/candidate.js';
import { compare } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { openEnginePeers } from '../peers/engine-peers.js';
import { openFilePeers } from '../peers/file-peers.js';
import type { Peer } from '../peers/peer.js';
import { decode } from '../workload/plain-state.js';
import { inFlight, once, together } from '../workload/repeat.js';
import { sampleState } from '../workload/sample.js';
import { storeLoads } from '../workload/store-calls.js';
import { FsBench } from './bench.js';
import type { Place } from './place.js';
import { kilobytes } from './save.js';

/** One load after another, beside every peer. */
export async function loads(place: Place): Promise<Group> {
  await using bench = await FsBench.open(place);
  await using files = await openFilePeers(bench.peers);
  await using engines = await openEnginePeers(bench.peers);
  const { bare, driver, store } = bench;
  const peers = [...files.all, ...engines.all];
  const bytes = await fill(bench, peers, ['box'], 10);
  const candidates: Candidate[] = [
    { name: 'bare read, JSON.parse (synchronous)', run: () => JSON.parse(bare.readSync('box')) },
    { name: 'bare read, JSON.parse (promises)', run: async () => JSON.parse(await bare.read('box')) },
    { name: 'bare read, JSON.parse, validate (synchronous)', run: () => decode(bare.readSync('box')) },
    ...storeLoads(driver, store, once),
    ...peers.map(({ name, lacks, load }) => ({ name, lacks, run: () => load('box') })),
  ];
  return {
    title: `load a sandbox with 10 containers, ${kilobytes(bytes)}, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(candidates, { rounds: 20, runs: 20 }),
  };
}

/** 64 loads of different sandboxes at once, beside every peer. */
export async function loadsTogether(place: Place): Promise<Group> {
  await using bench = await FsBench.open(place);
  await using files = await openFilePeers(bench.peers);
  await using engines = await openEnginePeers(bench.peers);
  const { bare, driver, store } = bench;
  const peers = [...files.all, ...engines.all];
  await fill(
    bench,
    peers,
    Array.from({ length: inFlight }, (_, index) => `box-${index}`),
    10,
  );
  const candidates: Candidate[] = [
    { name: 'bare read, JSON.parse (synchronous)', run: together((id) => JSON.parse(bare.readSync(id))) },
    { name: 'bare read, JSON.parse (promises)', run: together(async (id) => JSON.parse(await bare.read(id))) },
    ...storeLoads(driver, store, together),
    ...peers.map(({ name, lacks, load }) => ({ name, lacks, run: together(load) })),
  ];
  return {
    title: `${inFlight} loads at once, 10 containers each, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(candidates, { rounds: 20, runs: 2 }),
  };
}

/** One load after another of a sandbox of another size, beside the bare calls. */
export async function loadsOf(place: Place, containers: number): Promise<Group> {
  await using bench = await FsBench.open(place);
  const { bare, driver, store } = bench;
  const bytes = await fill(bench, [], ['box'], containers);
  const candidates: Candidate[] = [
    { name: 'bare read, JSON.parse (synchronous)', run: () => JSON.parse(bare.readSync('box')) },
    { name: 'bare read, JSON.parse, validate (synchronous)', run: () => decode(bare.readSync('box')) },
    ...storeLoads(driver, store, once),
  ];
  return {
    title: `load a sandbox with ${containers} containers, ${kilobytes(bytes)}, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(candidates, { rounds: 20, runs: containers > 100 ? 5 : 20 }),
  };
}

async function fill(
  bench: FsBench,
  peers: readonly Peer[],
  ids: readonly string[],
  containers: number,
): Promise<Uint8Array> {
  const state = sampleState(containers);
  const bytes = await bench.bytesOf(containers);
  for (const id of ids) {
    await bench.store.save(id, state);
    bench.bare.replaceSync(id, bytes);
    for (const peer of peers) await peer.save(id, state);
  }
  return bytes;
}
