import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isPersistError, resolveDriver } from '@sandkeep/persist-api';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { configSchema } from './config-schema.js';
import { optionTables } from './option-tables.js';

const page = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url));
const bin = fileURLToPath(new URL('../../packages/persist-cli/bin/sandkeep.js', import.meta.url));
const begin = '<!-- The options: written by npm run config:schema -->\n';
const end = '<!-- The end of the options -->';

test('the schema that is published is that of the drivers (else: npm run config:schema)', async () => {
  const published = fileURLToPath(import.meta.resolve('@sandkeep/persist-api/sandkeep.config.schema.json'));
  await expect(`${JSON.stringify(configSchema, undefined, 2)}\n`).toMatchFileSnapshot(published);
});

test('docs/configuration.md has every option as it is (else: npm run config:schema)', async () => {
  const text = readFileSync(page, 'utf8');
  const [before, after] = [text.slice(0, text.indexOf(begin)), text.slice(text.indexOf(end))];
  await expect(`${before}${begin}\n${optionTables()}\n\n${after}`).toMatchFileSnapshot(page);
});

test('the mistake in docs/configuration.md is reported as it is printed', () => {
  const [, url = '', command = '', printed = ''] =
    /```console\n\$ SANDKEEP_URL='(.*?)' sandkeep (\w+)\n(.*?\n)```/s.exec(readFileSync(page, 'utf8')) ?? [];
  const { status, stderr } = spawnSync(process.execPath, [bin, command], {
    env: { ...process.env, SANDKEEP_URL: url, NO_COLOR: '1' },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 2, stderr: printed });
});

describe('the schema says what opening says', () => {
  const validate = new Ajv({ formats: { uri: true } }).compile(configSchema);
  const key = 'QkVZS09UREVUUFlSQ05FVE9OU1RJU0VVTEFWU0lIVF8=';

  async function opens(config: unknown): Promise<boolean> {
    try {
      await resolveDriver(config as string);
      return true;
    } catch (error) {
      if (!isPersistError(error, 'INVALID_ARGUMENT')) throw error;
      return false;
    }
  }

  test.each([
    'file:///var/lib/sandkeep?create=true',
    'redis+sentinel://a:26379,b/mymaster',
    { driver: 'memory' },
    { $schema: './node_modules/@sandkeep/persist-api/sandkeep.config.schema.json', driver: 'fs', root: './state' },
    { driver: 'fs', root: './state', create: true, durability: 'process', compress: true },
    { driver: 'lmdb', root: './state' },
    { driver: 'redis' },
    { driver: 'redis', host: 'a', port: 6379, password: 'p', database: 3, tls: true, caFile: './ca.pem' },
    { driver: 'redis', sentinels: [{ host: 'a' }, { host: 'b', port: 1 }], master: 'm' },
    { driver: 's3', bucket: 'state', prefix: 'prod/', region: 'eu-central-1', endpoint: 'https://s3.example' },
    { driver: 'memory', encrypt: { keys: [{ id: 'k', key }] } },
    { driver: 'memory', encrypt: false },
  ])('good: %j', async (config) => {
    expect(validate(config), JSON.stringify(validate.errors)).toBe(true);
    expect(await opens(config)).toBe(true);
  });

  test.each([
    'var/lib/sandkeep',
    '',
    [],
    null,
    7,
    {},
    { driver: '' },
    { driver: 7 },
    { root: './state' },
    { driver: 'fs' },
    { driver: 'fs', root: '' },
    { driver: 'fs', root: 7 },
    { driver: 'fs', root: './state', crate: true },
    { driver: 'fs', root: './state', create: 'true' },
    { driver: 'fs', root: './state', durability: 'ful' },
    { driver: 'fs', root: './state', compress: 'true' },
    { driver: 'lmdb', root: './state', durability: 'full' },
    { driver: 'redis', port: 0 },
    { driver: 'redis', port: '6379' },
    { driver: 'redis', sentinels: [] },
    { driver: 'redis', cluster: [{ hostname: 'a' }] },
    { driver: 's3', region: 'eu-central-1' },
    { driver: 's3', bucket: 'state', prefix: './x' },
    { driver: 's3', bucket: 'state', probe: 'sometimes' },
    { driver: 'memory', root: './state' },
    { driver: 'memory', encrypt: '' },
    { driver: 'memory', encrypt: 7 },
    { driver: 'memory', encrypt: { keyfile: './keys' } },
    { driver: 'memory', encrypt: { keys: [] } },
    { driver: 'memory', encrypt: { keys: [{ id: 'k' }] } },
    { driver: 'memory', encrypt: { keys: [{ id: 'k', key, extra: 1 }] } },
  ])('bad: %j', async (config) => {
    expect(validate(config)).toBe(false);
    expect(await opens(config)).toBe(false);
  });

  test('the JSON in docs/configuration.md is good', () => {
    const blocks = [...readFileSync(page, 'utf8').matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json);
    expect(blocks.length).toBeGreaterThan(1);
    for (const json of blocks) expect(validate(JSON.parse(json)), json).toBe(true);
  });

  test('a third-party driver is a matter of its own package', () => {
    expect(validate({ driver: 'sandkeep-etcd', endpoints: ['a'], compress: true })).toBe(true);
    expect(validate({ driver: './my-driver.js' })).toBe(true);
    expect(validate({ driver: 'sandkeep-etcd', encrypt: 7 })).toBe(false);
  });
});
