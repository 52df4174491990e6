import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DriverConfig, isPersistError, loadConfig, openDriver, resolveDriver } from '../../src/index.js';
import { driverSource, project } from './project.js';

const key = 'QkVZS09UREVUUFlSQ05FVE9OU1RJU0VVTEFWU0lIVF8=';
const other = '6f6c64206b65792c206f6e6c7920666f722072656164696e672068657265212e';
const variable = 'SANDKEEP_ENCRYPTION_KEYS';

beforeEach(() => {
  vi.stubEnv(variable, '');
  vi.stubEnv('SANDKEEP_URL', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function facts(config: string | DriverConfig, from?: string): Promise<Readonly<Record<string, unknown>>> {
  await using driver = await openDriver(config, from === undefined ? {} : { from });
  return (await driver.health()).facts;
}

async function refused(config: unknown, from?: string): Promise<string> {
  const error = await openDriver(config as string, { from }).catch((thrown: unknown) => thrown);
  if (!isPersistError(error)) throw new Error(`it was opened: ${inspect(config)}`);
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', driver: 'memory', operation: 'open' });
  expect(inspect(error) + JSON.stringify(error)).not.toMatch(/QkVZ|6f6c|mine/);
  return error.message;
}

describe('switched on', () => {
  it('nothing is, unless it is asked for', async () => {
    vi.stubEnv(variable, `new:${key}`);
    for (const config of ['memory:', 'memory:?encrypt=false&compress=false', { driver: 'memory', encrypt: false }]) {
      expect(Object.keys(await facts(config))).toEqual(['durability']);
    }
  });

  it('by an object', async () => {
    expect(await facts({ driver: 'memory', compress: true })).toMatchObject({ compression: 'zlib' });
    const keys = [
      { id: 'new', key },
      { id: 'old', key: other },
    ];
    expect(await facts({ driver: 'memory', compress: true, encrypt: { keys } })).toMatchObject({
      compression: 'zlib',
      encryption: 'XAES-256-GCM, key new',
    });
  });

  it('by a URL, with the keys of the environment', async () => {
    vi.stubEnv(variable, `new:${key},old:${other}`);
    expect(await facts('memory:?encrypt=true&compress=true')).toMatchObject({
      compression: 'zlib',
      encryption: 'XAES-256-GCM, key new',
    });
    expect(await facts({ driver: 'memory', encrypt: true })).toMatchObject({ encryption: 'XAES-256-GCM, key new' });
  });

  it('with a key file, whose path starts at the configuration', async () => {
    const root = await project({
      'cfg/sandkeep.config.json': '{ "$schema": "./x.json", "driver": "memory", "encrypt": { "keyFile": "../keys" } }',
      keys: `# the keys of staging\n\n  new:${key}\r\nold:${other}\n`,
    });
    const found = await loadConfig({ from: join(root, 'cfg') });
    if (found === undefined) throw new Error('nothing found');
    expect(await facts(found.config, found.from)).toMatchObject({ encryption: 'XAES-256-GCM, key new' });
    expect(await facts('memory:?encrypt=keys', root)).toMatchObject({ encryption: 'XAES-256-GCM, key new' });
  });

  it('for a third-party driver, which never sees it', async () => {
    const open =
      'async (config) => { if (JSON.stringify(config) !== \'{"label":"x"}\') throw config; return { specVersion: 1, capabilities: {}, config } }';
    const schema = 'z.strictObject({ label: z.string() })';
    const from = await project({ 'my-driver.mjs': driverSource({ schema, open }) });
    const config = { driver: './my-driver.mjs', $schema: 's', label: 'x', compress: true };
    const { wrap } = await resolveDriver(config, { from });
    expect(wrap).toBeTypeOf('function');
    expect(await openDriver(config, { from })).toMatchObject({ specVersion: 1 });
  });
});

it('compression comes before encryption, so that it saves something', async () => {
  const root = await project({ keys: `k:${key}` });
  const { wrap } = await resolveDriver({ driver: 'memory', compress: true, encrypt: 'keys' }, { from: root });
  const inner = await openDriver('memory:');
  if (wrap === undefined) throw new Error('it is not wrapped');
  await using driver = wrap(inner);
  await driver.write('a', Buffer.alloc(10_000));
  expect((await inner.read('a'))?.data.byteLength).toBeLessThan(300);
});

describe('without keys that can be used, nothing is opened', () => {
  it('no keys in the environment: says what to set', async () => {
    const message = await refused('memory:?encrypt=true');
    expect(message).toContain(`${variable} is not set`);
    expect(message).toContain('openssl rand -base64 32');
  });

  it.each([
    [key, 'entry 1 is not valid: expected id:key'],
    [`new:${key} old:${other}`, 'entry 1 is not valid'],
    ['new:short', 'the key "new" has 3 bytes'],
    [`${key}:new`, 'keys[0].id is not valid'],
    [`new:${key},new:${other}`, 'the id "new" is given twice'],
    [' , \n', 'holds no key'],
  ])('%j in the environment', async (text, reason) => {
    vi.stubEnv(variable, text);
    expect(await refused('memory:?encrypt=true')).toContain(`${variable}: `);
    expect(await refused('memory:?encrypt=true')).toContain(reason);
  });

  it('a key file that is missing, no file, or broken is named', async () => {
    const from = await project({ 'keys/x': '', broken: `new=${key}` });
    expect(await refused('memory:?encrypt=kyes', from)).toContain(
      `${join(from, 'kyes')} cannot be read: it does not exist`,
    );
    expect(await refused({ driver: 'memory', encrypt: { keyFile: 'keys' } }, from)).toContain('EISDIR');
    expect(await refused('memory:?encrypt=broken', from)).toContain(`${join(from, 'broken')}: entry 1 is not valid`);
  });

  it('a key in the place of a path shows nowhere', async () => {
    for (const text of [key, key.slice(0, -1), other, `new:${key}`]) {
      expect(await refused({ driver: 'memory', encrypt: text })).toContain('the key file cannot be read');
      expect(await refused(`memory:?encrypt=${encodeURIComponent(text)}`)).toContain('the key file cannot be read');
    }
  });

  it.each([
    [{ encrypt: 5 }, 'option "encrypt" 5 is not valid: expected true, the path of a key file'],
    [{ encrypt: {} }, 'expected either "keyFile" or "keys"'],
    [{ encrypt: { keyFile: 'a', keys: [{ id: 'new', key }] } }, 'expected either "keyFile" or "keys"'],
    [{ encrypt: { keyfile: 'a' } }, 'unknown option "encrypt.keyfile" (did you mean "keyFile"? known: keyFile, keys)'],
    [{ encrypt: { keys: [] } }, 'option "encrypt.keys" (hidden) is not valid'],
    [{ encrypt: { keys: [{ id: 'new' }] } }, 'option "encrypt.keys.0.key" is missing'],
    [
      { encrypt: { keys: [{ id: 'new', key, kye: 'mine' }] } },
      'unknown option "encrypt.keys.0.kye" (did you mean "key"?',
    ],
    [{ encrypt: { keys: [{ id: 'new', key: 'mine' }] } }, 'the key "new" has 3 bytes'],
    [{ compress: 'yes' }, 'option "compress" "yes" is not valid: expected boolean'],
    [{ compres: true }, 'unknown option "compres" (did you mean "compress"? known: compress, encrypt)'],
  ])('%j', async (options, reason) => {
    expect(await refused({ driver: 'memory', ...options })).toContain(reason);
  });

  it.each([
    ['compress=yes', 'query parameter "compress" "yes" is not valid: expected boolean'],
    ['encrpyt=true', 'unknown query parameter "encrpyt" (did you mean "encrypt"? known: compress, encrypt)'],
    ['encrypt=', 'query parameter "encrypt" "" is not valid'],
  ])('?%s', async (query, reason) => {
    expect(await refused(`memory:?${query}`)).toContain(reason);
  });
});
