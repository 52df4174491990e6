import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compare } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { sampleState } from '../workload/sample.js';
import { FsBench } from './bench.js';
import type { Place } from './place.js';

const effort = { rounds: 20, runs: 20 };

export async function findsMissing(place: Place): Promise<Group> {
  await using bench = await FsBench.open(place);
  const { bare, store } = bench;
  const candidates = [
    { name: 'bare existsSync', run: () => bare.isThere('missing') },
    { name: 'bare open that fails (promises)', run: () => bare.read('missing').catch(() => undefined) },
    { name: 'store.find', run: () => store.find('missing') },
  ];
  return {
    title: `look for a sandbox that is not there, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(candidates, effort),
  };
}

export async function destroys(place: Place): Promise<Group> {
  await using bench = await FsBench.open(place);
  const { bare, store } = bench;
  const state = sampleState(10);
  const bytes = await bench.bytesOf(10);
  const floors = [
    {
      name: 'bare unlink, flush of the directory (promises)',
      prepare: () => bare.replaceSync('box', bytes),
      run: () => bare.remove('box'),
    },
    {
      name: 'bare unlink, flush of the directory (synchronous)',
      prepare: () => bare.replaceSync('box', bytes),
      run: () => bare.removeSync('box'),
    },
  ];
  const candidates = [
    ...(place.inMemory ? floors.reverse() : floors),
    { name: 'store.destroy', prepare: () => store.save('box', state), run: () => store.destroy('box') },
  ];
  return {
    title: `destroy a sandbox, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(candidates, effort),
  };
}

export async function lists(place: Place): Promise<Group> {
  await using bench = await FsBench.open(place);
  const { bare, store, directory } = bench;
  const state = sampleState(0);
  for (let index = 0; index < 1000; index += 64) {
    await Promise.all(Array.from({ length: 64 }, (_, next) => store.save(`box-${index + next}`, state)));
  }
  for (let index = 0; index < 1024; index += 1) bare.replaceSync(`box-${index}`, '{}');
  const plain = join(directory, 'bare');
  const candidates = [
    { name: 'bare readdir, sorted (synchronous)', run: () => readdirSync(plain).sort() },
    { name: 'bare readdir, sorted (promises)', run: async () => (await readdir(plain)).sort() },
    {
      name: 'store.list',
      async run() {
        let count = 0;
        for await (const _ of store.list()) count += 1;
        return count;
      },
    },
  ];
  return {
    title: `list 1,024 sandboxes, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(candidates, { rounds: 20, runs: 5 }),
  };
}

export async function locks(place: Place): Promise<Group> {
  await using bench = await FsBench.open(place);
  const { bare, store } = bench;
  const candidates = [
    {
      name: 'bare file made and removed (synchronous)',
      lacks: 'no lease: a holder that dies keeps it for ever',
      run() {
        bare.claimSync('lock');
        bare.unclaimSync('lock');
      },
    },
    {
      name: 'bare file made and removed (promises)',
      lacks: 'no lease: a holder that dies keeps it for ever',
      async run() {
        await bare.claim('lock');
        await bare.unclaim('lock');
      },
    },
    { name: 'store.lock, release', run: async () => (await store.lock('box')).release() },
    {
      name: 'store.lock, release (shared)',
      run: async () => (await store.lock('box', { mode: 'shared' })).release(),
    },
  ];
  return {
    title: `lock and release, on ${place.title}`,
    unit: 'µs',
    measurements: await compare(candidates, { rounds: 20, runs: 10 }),
  };
}
