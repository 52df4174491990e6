import { crc32 } from 'node:zlib';
import type { Candidate } from '../measure/candidate.js';
import { compare, type Effort } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { changing } from '../workload/changing.js';
import { inFlight, once, type Repeat, together } from '../workload/repeat.js';
import { sampleState } from '../workload/sample.js';
import { conditionalSave, storeLoads } from '../workload/store-calls.js';
import type { RedisBench } from './bench.js';

/**
 * The least that a conditional write can be, as a script that takes the document as an argument. It
 * compares, writes, and knows neither repeated attempts nor an index.
 */
const bareCompareAndSet = `
local version = redis.call('HGET', KEYS[1], 'v')
if version and version ~= ARGV[1] then return { 'conflict', version } end
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'd', ARGV[2])
return { 'done' }`;

const state = sampleState(10);
const one: Effort = { rounds: 40, runs: 25 };
const batches: Effort = { rounds: 40, runs: 2 };

export async function writes(bench: RedisBench): Promise<Group> {
  return group('save a sandbox with 10 containers, 15 KB', changing(state, await writers(bench, once)), one);
}

export async function writesTogether(bench: RedisBench): Promise<Group> {
  return group(
    `${inFlight} saves at once, 10 containers each`,
    changing(state, await writers(bench, together)),
    batches,
  );
}

export async function reads(bench: RedisBench): Promise<Group> {
  return group('load a sandbox with 10 containers, 15 KB', await readers(bench, ['box'], once), one);
}

export async function readsTogether(bench: RedisBench): Promise<Group> {
  const names = Array.from({ length: inFlight }, (_, index) => `box-${index}`);
  return group(`${inFlight} loads at once, 10 containers each`, await readers(bench, names, together), batches);
}

async function group(title: string, candidates: readonly Candidate[], effort: Effort): Promise<Group> {
  return { title, unit: 'µs', measurements: await compare(candidates, effort) };
}

async function writers({ client, driver, store, peers, bytes }: RedisBench, repeat: Repeat): Promise<Candidate[]> {
  const sha = (await client.script('LOAD', bareCompareAndSet)) as string;
  return [
    { name: 'bare SET', run: repeat((name) => client.set(`set:${name}`, bytes)) },
    { name: 'bare compare-and-set script', run: repeat((name) => client.evalsha(sha, 1, `cas:${name}`, '1', bytes)) },
    { name: 'driver.write', run: repeat((name) => driver.write(name, bytes)) },
    { name: 'store.save', run: repeat((name) => store.save(name, state)) },
    conditionalSave(store, state, repeat),
    ...peers.all.map(({ name, lacks, save }) => ({ name, lacks, run: repeat((id) => save(id, state)) })),
  ];
}

async function readers(
  { client, driver, store, peers, bytes }: RedisBench,
  names: readonly string[],
  repeat: Repeat,
): Promise<Candidate[]> {
  for (const name of names) {
    await client.set(`set:${name}`, bytes);
    await driver.write(name, bytes);
    await store.save(name, state);
    for (const { save } of peers.all) await save(name, state);
  }
  return [
    { name: 'bare GET', run: repeat((name) => client.getBuffer(`set:${name}`)) },
    {
      name: 'bare GET, and its CRC-32',
      run: repeat(async (name) => crc32((await client.getBuffer(`set:${name}`)) ?? '')),
    },
    { name: 'driver.read', run: repeat((name) => driver.read(name)) },
    ...storeLoads(driver, store, repeat),
    ...peers.all.map(({ name, lacks, load }) => ({ name, lacks, run: repeat(load) })),
  ];
}
