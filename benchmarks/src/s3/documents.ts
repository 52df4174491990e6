import type { Candidate } from '../measure/candidate.js';
import { compare, type Effort } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { changing } from '../workload/changing.js';
import { once, type Repeat } from '../workload/repeat.js';
import { sampleState } from '../workload/sample.js';
import { conditionalSave, storeLoads } from '../workload/store-calls.js';
import type { S3Bench } from './bench.js';

export const inFlight = 16;

const state = sampleState(10);
const one: Effort = { rounds: 20, runs: 10 };
const batches: Effort = { rounds: 20, runs: 1 };

export async function writes(bench: S3Bench): Promise<Group> {
  return group('save a sandbox with 10 containers, 15 KB', changing(state, writers(bench, once)), one);
}

export async function writesTogether(bench: S3Bench): Promise<Group> {
  return group(`${inFlight} saves at once, 10 containers each`, changing(state, writers(bench, together)), batches);
}

export async function reads(bench: S3Bench): Promise<Group> {
  return group('load a sandbox with 10 containers, 15 KB', await readers(bench, ['box'], once), one);
}

export async function readsTogether(bench: S3Bench): Promise<Group> {
  const names = Array.from({ length: inFlight }, (_, index) => `box-${index}`);
  return group(`${inFlight} loads at once, 10 containers each`, await readers(bench, names, together), batches);
}

async function group(title: string, candidates: readonly Candidate[], effort: Effort): Promise<Group> {
  return { title, unit: 'µs', measurements: await compare(candidates, effort) };
}

function together(run: (name: string) => unknown): () => unknown {
  return () => Promise.all(Array.from({ length: inFlight }, (_, index) => run(`box-${index}`)));
}

function writers(bench: S3Bench, repeat: Repeat): Candidate[] {
  const { driver, store, peers, body } = bench;
  return [
    { name: 'bare PutObject', run: repeat((name) => bench.put(name)) },
    { name: 'driver.write', run: repeat((name) => driver.write(name, body)) },
    { name: 'store.save', run: repeat((name) => store.save(name, state)) },
    conditionalSave(store, state, repeat),
    ...peers.all.map(({ name, lacks, save }) => ({ name, lacks, run: repeat((id) => save(id, state)) })),
  ];
}

async function readers(bench: S3Bench, names: readonly string[], repeat: Repeat): Promise<Candidate[]> {
  const { driver, store, peers, body } = bench;
  for (const name of names) {
    await bench.put(name);
    await driver.write(name, body);
    await store.save(name, state);
    for (const { save } of peers.all) await save(name, state);
  }
  return [
    { name: 'bare GetObject', run: repeat((name) => bench.get(name)) },
    { name: 'driver.read', run: repeat((name) => driver.read(name)) },
    ...storeLoads(driver, store, repeat),
    ...peers.all.map(({ name, lacks, load }) => ({ name, lacks, run: repeat(load) })),
  ];
}
