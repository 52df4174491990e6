import { checkIndex, openRedisDriver } from '@sandkeep/persist-redis';
import { expect, test } from 'vitest';
import { redisService } from '../services/redis-service.js';
import { toArray } from '../support/to-array.js';
import { dropNamespace, freshOptions, plainClient } from './namespace.js';

test.each(['single', 'cluster'] as const)(
  'an index that was damaged by hand is found out and mended: %s',
  async (kind) => {
    const service = await redisService(kind);
    const options = freshOptions(service.url);
    const driver = await openRedisDriver(options);
    const keys = Array.from({ length: 150 }, (_, n) => `k/${String(n).padStart(3, '0')}`);
    for (const key of keys) await driver.write(key, Buffer.from('x'));
    await driver.write('gone', Buffer.from('x'));
    await driver.remove('gone');
    expect(await checkIndex(options)).toEqual({ checked: 150, unlisted: [], dangling: [] });

    const client = plainClient(options);
    const partition = async (key: string) => {
      for (let number = 0; number < 16; number++) {
        if (await client.exists(`{${options.namespace}:${number}}:d:${key}`)) return `{${options.namespace}:${number}}`;
      }
      throw new Error(`${key} is nowhere`);
    };
    const [first = '', second = ''] = keys;
    await client.zrem(`${await partition(first)}:i`, first);
    await client.del(`${await partition(second)}:d:${second}`);
    const found = { checked: 150, unlisted: [first], dangling: [second] };
    expect(await checkIndex(options)).toEqual(found);
    expect(await checkIndex({ ...options, repair: true })).toEqual(found);
    expect(await checkIndex(options)).toEqual({ checked: 149, unlisted: [], dangling: [] });
    expect(await toArray(driver.list(''))).toEqual(keys.filter((key) => key !== second));

    client.disconnect();
    await driver.close();
    await dropNamespace(options);
    await service.close();
  },
);
