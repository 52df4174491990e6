import { crc32 } from 'node:zlib';
import { SandboxStore } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';
import { Redis } from 'ioredis';
import { type Candidate, compare } from './compare.js';
import type { Group } from './group.js';
import { RedisServer } from './redis-server.js';
import { sampleState } from './sample.js';

const inFlight = 64;

/**
 * The least that a conditional write can be, as a script that takes the document as an argument. It
 * compares, writes, and knows neither repeated attempts nor an index.
 */
const bareCompareAndSet = `
local version = redis.call('HGET', KEYS[1], 'v')
if version ~= ARGV[1] then return { 'conflict', version } end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'd', ARGV[3])
return { 'done' }`;

/** The Redis driver beside bare commands with the same bytes, on a server of its own. */
export async function benchRedis(): Promise<Group[]> {
  await using server = await RedisServer.start();
  const client = new Redis({ port: server.port });
  await using driver = await openRedisDriver({ port: server.port });
  try {
    const store = new SandboxStore(driver);
    const state = sampleState(10);
    let revision = await store.save('box', state);
    const bytes = Buffer.from((await driver.read('default/sandboxes/box'))?.data ?? []);
    let bareVersion = 0;
    const sha = (await client.script('LOAD', bareCompareAndSet)) as string;
    await client.hset('bare', 'v', '0');
    for (let index = 0; index < inFlight; index++) await client.hset(`bare${index}`, 'v', '0');
    await client.set('key', bytes);
    const together = (run: (index: number) => Promise<unknown>) => () =>
      Promise.all(Array.from({ length: inFlight }, (_, index) => run(index)));
    const write: Candidate[] = [
      { name: 'bare SET', run: () => client.set('key', bytes) },
      {
        name: 'bare compare-and-set script',
        run: () => client.evalsha(sha, 1, 'bare', bareVersion, ++bareVersion, bytes),
      },
      { name: 'driver.write', run: () => driver.write('key', bytes) },
      {
        name: 'store.save with ifRevision',
        run: async () => {
          revision = await store.save('box', state, { ifRevision: revision });
        },
      },
    ];
    const read: Candidate[] = [
      { name: 'bare GET', run: () => client.getBuffer('key') },
      { name: 'bare GET, and its CRC-32', run: async () => crc32((await client.getBuffer('key')) ?? '') },
      { name: 'driver.read', run: () => driver.read('key') },
      { name: 'store.load', run: () => store.load('box') },
    ];
    const writeTogether: Candidate[] = [
      { name: 'bare SET', run: together((index) => client.set(`key${index}`, bytes)) },
      {
        name: 'bare compare-and-set script',
        run: together((index) => client.evalsha(sha, 1, `bare${index}`, '0', '0', bytes)),
      },
      { name: 'driver.write', run: together((index) => driver.write(`key${index}`, bytes)) },
    ];
    const readTogether: Candidate[] = [
      { name: 'bare GET', run: together((index) => client.getBuffer(`key${index}`)) },
      {
        name: 'bare GET, and its CRC-32',
        run: together(async (index) => crc32((await client.getBuffer(`key${index}`)) ?? '')),
      },
      { name: 'driver.read', run: together((index) => driver.read(`key${index}`)) },
    ];
    const kilobytes = Math.round(bytes.byteLength / 1024);
    const effort = { rounds: 40, runs: 25 };
    const batches = { rounds: 40, runs: 2 };
    return [
      { title: `write ${kilobytes} KB`, measurements: await compare(write, effort) },
      { title: `read ${kilobytes} KB`, measurements: await compare(read, effort) },
      { title: `${inFlight} writes at once`, measurements: await compare(writeTogether, batches) },
      { title: `${inFlight} reads at once`, measurements: await compare(readTogether, batches) },
    ];
  } finally {
    client.disconnect();
  }
}
