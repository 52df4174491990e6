import type { Redis } from 'ioredis';
import { median, withRatios } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { openRedlock } from '../peers/redlock-peer.js';
import type { RedisBench } from './bench.js';

const rounds = 9;
const calls = 1_000;

/** What each call costs the server: the processor time that INFO tells, its share of the networking included. */
export async function serverTime({ port, client, driver, bytes }: RedisBench): Promise<Group> {
  const redlock = await openRedlock(port);
  const nothing = (await client.script('LOAD', 'return 1')) as string;
  const candidates: Readonly<Record<string, () => Promise<unknown>>> = {
    'bare SET': () => client.set('set', bytes),
    'bare GET': () => client.getBuffer('set'),
    'a script that does nothing': () => client.evalsha(nothing, 1, 'set', 'x'),
    'the same, given the document': () => client.evalsha(nothing, 1, 'set', bytes),
    'driver.write': () => driver.write('box', bytes),
    'driver.read': () => driver.read('box'),
    'driver.lock, release': async () => (await driver.lock('lock', {})).release(),
    'redlock, its release': async () => (await redlock.acquire('redlock')).release(),
  };
  const times = new Map<string, number[]>(Object.keys(candidates).map((name) => [name, []]));
  try {
    for (let round = -1; round < rounds; round += 1) {
      for (const [name, call] of Object.entries(candidates)) {
        const before = await processorTime(client);
        for (let index = 0; index < calls; index += 1) await call();
        if (round >= 0) times.get(name)?.push(((await processorTime(client)) - before) / calls);
      }
    }
  } finally {
    await redlock.close();
  }
  return {
    title: 'processor time of the server for one call, one at a time, with 15 KB',
    unit: 'µs',
    measurements: withRatios([...times].map(([name, values]) => ({ name, value: median(values) }))),
  };
}

/** In microseconds. */
async function processorTime(client: Redis): Promise<number> {
  const used = [...(await client.info('cpu')).matchAll(/used_cpu_(?:sys|user):([\d.]+)/g)];
  return used.reduce((sum, [, seconds]) => sum + Number(seconds), 0) * 1_000_000;
}
