import { driver } from '@sandkeep/persist-redis';
import { afterAll, expect, test } from 'vitest';
import { redisService } from '../services/redis-service.js';
import { freshOptions, plainClient } from './namespace.js';

const services = await Promise.all([redisService('single'), redisService('cluster')]);
afterAll(() => Promise.all(services.map((service) => service.close())));
const { at, remove, sweep } = driver.scratch as NonNullable<typeof driver.scratch>;

test.each(['single', 'cluster'])(
  'a scratch storage leaves no key on a %s server, and touches no other',
  async (kind) => {
    const { url } = services[kind === 'single' ? 0 : 1] as { url: string };
    const config = driver.configSchema.parse(freshOptions(url));
    const [one, other] = [at(config, 'test-1'), at(config, 'test-11')];
    for (const each of [one, other]) {
      await using opened = await driver.open(each);
      const writes = Array.from({ length: 500 }, (_, index) => opened.write(`k/${index}`, Buffer.from('1')));
      await Promise.all(writes);
      const lock = await opened.lock('released');
      await lock.release();
    }
    const holder = await driver.open(one);
    await holder.lock('held-by-one-that-died');
    const before = await keysOf(config, one.namespace);
    expect(before.filter((key) => key.includes(':d:'))).toHaveLength(500);
    expect(before.some((key) => key.endsWith(':l'))).toBe(true);
    await remove(one);
    expect(await keysOf(config, one.namespace)).toEqual([]);
    await holder.close();
    await using opened = await driver.open(other);
    expect(await opened.read('k/499')).toBeDefined();
    await opened.remove('k/1');
    await remove(other);
    expect((await keysOf(config, other.namespace)).every((key) => key.endsWith(':h:k/1'))).toBe(true);
    await sweep?.(config, 'test-11');
    expect(await keysOf(config, other.namespace)).toEqual([]);
  },
);

/** Every key of exactly this namespace. */
async function keysOf(config: Parameters<typeof at>[0], namespace: string): Promise<string[]> {
  const client = plainClient(config);
  try {
    await client.ping();
    const nodes = client.isCluster ? (client as never as { nodes(role: string): [] }).nodes('master') : [client];
    const found = await Promise.all(nodes.map((node: typeof client) => node.keys('*')));
    return found.flat().filter((key) => key.startsWith(`{${namespace}:`) || key.startsWith(`{${namespace}}`));
  } finally {
    client.disconnect();
  }
}
