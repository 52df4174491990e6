import type { Candidate } from '../measure/candidate.js';
import { compare, type Effort } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import type { Topic } from '../run/topic.js';
import { changing } from '../workload/changing.js';
import { inFlight, once, type Repeat, together } from '../workload/repeat.js';
import { sampleState } from '../workload/sample.js';
import {
  conditionalSave,
  destroys,
  findsMissing,
  type StoreCalls,
  storeLoads,
  updates,
} from '../workload/store-calls.js';
import { type LmdbBench, withLmdb } from './bench.js';

const state = sampleState(10);
const few: Effort = { rounds: 10, runs: 2 };
const one: Effort = { rounds: 20, runs: 10 };
const many: Effort = { rounds: 20, runs: 50 };

/** The LMDB driver beside LMDB itself, with the same conditional puts of the same bytes, and other engines. */
export const lmdbTopic: Topic = {
  sections: () => [
    { id: 'lmdb/save', run: () => withLmdb(saves) },
    { id: 'lmdb/save-together', run: () => withLmdb(savesTogether) },
    { id: 'lmdb/load', run: () => withLmdb(loads) },
    { id: 'lmdb/update', run: () => withLmdb((bench) => updates(callsOf(bench), 10, one)) },
    { id: 'lmdb/update-1000', run: () => withLmdb((bench) => updates(callsOf(bench), 1000, few)) },
    { id: 'lmdb/find-missing', run: () => withLmdb((bench) => findsMissing(callsOf(bench), many)) },
    { id: 'lmdb/destroy', run: () => withLmdb((bench) => destroys(callsOf(bench), one)) },
  ],
};

function callsOf({ bare, store, engines }: LmdbBench): StoreCalls {
  return {
    bare: {
      read: (name) => bare.find(name),
      write: (name, text) => bare.put(name, Buffer.from(text)),
      remove: (name) => bare.remove(name),
    },
    store,
    peers: engines.all,
  };
}

async function saves(bench: LmdbBench): Promise<Group> {
  return {
    title: 'save a sandbox with 10 containers, 15 KB, in the directory for temporary files',
    unit: 'µs',
    measurements: await compare(changing(state, savers(bench, once)), one),
  };
}

async function savesTogether(bench: LmdbBench): Promise<Group> {
  return {
    title: `${inFlight} saves at once, 10 containers each, in the directory for temporary files`,
    unit: 'µs',
    measurements: await compare(changing(state, savers(bench, together)), { rounds: 20, runs: 2 }),
  };
}

async function loads({ bare, bytes, driver, store, files, engines }: LmdbBench): Promise<Group> {
  await bare.put('box', bytes);
  await store.save('box', state);
  await files.save('box', state);
  for (const { save } of engines.all) await save('box', state);
  const text = String(bytes);
  const candidates: Candidate[] = [
    { name: 'JSON.parse of the bytes', run: () => JSON.parse(text) },
    { name: 'bare LMDB: get, JSON.parse', run: () => JSON.parse(bare.get('box')) },
    {
      name: 'driver.read, JSON.parse',
      run: async () => JSON.parse(String((await driver.read('default/sandboxes/box'))?.data)),
    },
    ...storeLoads(driver, store, once),
    { name: 'store.load of the directory driver', run: () => files.load('box') },
    ...engines.all.map(({ name, lacks, load }) => ({ name, lacks, run: () => load('box') })),
  ];
  return {
    title: 'load a sandbox with 10 containers, 15 KB',
    unit: 'µs',
    measurements: await compare(candidates, many),
  };
}

function savers({ bare, bytes, driver, store, files, engines }: LmdbBench, repeat: Repeat): Candidate[] {
  const versions = new Map<string, string>();
  return [
    { name: 'bare LMDB: conditional put', run: repeat((name) => bare.put(name, bytes)) },
    {
      name: 'driver.write with a condition',
      run: repeat(async (name) => {
        versions.set(name, await driver.write(name, bytes, { expect: versions.get(name) ?? 'absent' }));
      }),
    },
    { name: 'store.save', run: repeat((name) => store.save(name, state)) },
    conditionalSave(store, state, repeat),
    { name: 'store.save with the directory driver', run: repeat((name) => files.save(name, state)) },
    ...engines.all.map(({ name, lacks, save }) => ({ name, lacks, run: repeat((id) => save(id, state)) })),
  ];
}
