import type { Candidate } from '../measure/candidate.js';
import { compare } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { openEnginePeers } from '../peers/engine-peers.js';
import { openFilePeers } from '../peers/file-peers.js';
import { changing } from '../workload/changing.js';
import { encode } from '../workload/plain-state.js';
import { inFlight, once, together } from '../workload/repeat.js';
import { sampleState } from '../workload/sample.js';
import { conditionalSave } from '../workload/store-calls.js';
import type { BareFiles } from './bare-calls.js';
import { FsBench } from './bench.js';
import type { Place } from './place.js';

/** One save after another, beside every peer. */
export async function saves(place: Place): Promise<Group> {
  await using bench = await FsBench.open(place);
  await using files = await openFilePeers(bench.peers);
  await using engines = await openEnginePeers(bench.peers);
  const { bare, protocol, store, driver } = bench;
  const state = sampleState(10);
  const bytes = await bench.bytesOf(10);
  const candidates: Candidate[] = [
    ...floors(place, bare, bytes),
    { name: 'validate, encode, bare calls (synchronous)', run: () => bare.replaceSync('box', encode(state)) },
    { name: "bare calls of the driver's protocol", run: () => protocol.replace('box', bytes) },
    { name: 'driver.write of the same bytes', run: () => driver.write('raw', bytes) },
    { name: 'store.save', run: () => store.save('box', state) },
    conditionalSave(store, state, once),
    ...[...files.all, ...engines.all].map(({ name, lacks, save }) => ({ name, lacks, run: () => save('box', state) })),
  ];
  return {
    title: `save a sandbox with 10 containers, ${kilobytes(bytes)}, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(changing(state, candidates), { rounds: 20, runs: 10, settle: bench.settle }),
  };
}

/** 64 saves of different sandboxes at once, beside every peer. */
export async function savesTogether(place: Place): Promise<Group> {
  await using bench = await FsBench.open(place);
  await using files = await openFilePeers(bench.peers);
  await using engines = await openEnginePeers(bench.peers);
  const { bare, protocol, store, driver } = bench;
  const state = sampleState(10);
  const bytes = await bench.bytesOf(10);
  const candidates: Candidate[] = [
    { name: 'bare calls (promises)', run: together((id) => bare.replace(id, bytes)) },
    {
      name: 'validate, encode, bare calls (promises)',
      run: together((id) => bare.replace(id, encode(state))),
    },
    {
      name: 'bare calls (flushes in the thread pool, shared)',
      run: together((id) => bare.replaceFlushedInPool(id, bytes)),
    },
    { name: "bare calls of the driver's protocol", run: together((id) => protocol.replace(id, bytes)) },
    { name: 'driver.write of the same bytes', run: together((id) => driver.write(`raw/${id}`, bytes)) },
    { name: 'store.save', run: together((id) => store.save(id, state)) },
    conditionalSave(store, state, together),
    ...[...files.all, ...engines.all].map(({ name, lacks, save }) => ({
      name,
      lacks,
      run: together((id) => save(id, state)),
    })),
  ];
  return {
    title: `${inFlight} saves at once, 10 containers each, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(changing(state, candidates), { rounds: 20, runs: 1, settle: bench.settle }),
  };
}

/** One save after another of sandboxes of another size, beside the bare calls. */
export async function savesOf(place: Place, containers: number): Promise<Group> {
  await using bench = await FsBench.open(place);
  const { bare, store } = bench;
  const state = sampleState(containers);
  const bytes = await bench.bytesOf(containers);
  const candidates: Candidate[] = [
    ...floors(place, bare, bytes),
    { name: 'validate, encode, bare calls (synchronous)', run: () => bare.replaceSync('box', encode(state)) },
    { name: 'store.save', run: () => store.save('box', state) },
  ];
  return {
    title: `save a sandbox with ${containers} containers, ${kilobytes(bytes)}, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(changing(state, candidates), { rounds: 10, runs: containers > 100 ? 3 : 10 }),
  };
}

/** The fastest that does not block the process comes first; on tmpfs, where nothing blocks, the fastest. */
function floors({ inMemory }: Place, bare: BareFiles, bytes: Uint8Array): Candidate[] {
  const synchronous = { name: 'bare calls (synchronous)', run: () => bare.replaceSync('box', bytes) };
  const promises = { name: 'bare calls (promises)', run: () => bare.replace('box', bytes) };
  if (inMemory) return [synchronous, promises];
  const inPool = 'bare calls (flushes in the thread pool)';
  return [{ name: inPool, run: () => bare.replaceFlushedInPool('box', bytes) }, promises, synchronous];
}

export function kilobytes(bytes: Uint8Array): string {
  return `${Math.round(bytes.byteLength / 1024)} KB`;
}
