import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type DriverConfig, isPersistError, openDriver, type PersistError } from '../../src/index.js';
import { driverSource, installed, project } from './project.js';

const fs = installed('@sandkeep/persist-fs', driverSource());
const redis = installed('@sandkeep/persist-redis', driverSource({ name: 'redis', schemes: ['redis', 'rediss'] }));

/** The configuration that the fixture driver was opened with. */
async function opened(config: string | URL | DriverConfig, from: string): Promise<unknown> {
  return ((await openDriver(config, { from })) as unknown as { config: unknown }).config;
}

async function refused(config: unknown, from?: string): Promise<PersistError> {
  const error = await openDriver(config as string, { from }).then(
    () => new Error('it was opened'),
    (reason: unknown) => reason,
  );
  if (!isPersistError(error)) throw error;
  return error;
}

describe('the memory driver', () => {
  it('is built in', async () => {
    for (const config of ['memory:', new URL('memory:'), { driver: 'memory' }]) {
      await using driver = await openDriver(config);
      expect(driver.name).toBe('memory');
      await driver.write('a', Buffer.from('1'));
      expect(await driver.read('a')).toBeDefined();
    }
  });

  it('takes no options and no path', async () => {
    expect(await refused({ driver: 'memory', root: '/x' })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('unknown option "root"'),
    });
    expect(await refused('memory://host/path')).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('finding the driver', () => {
  it('imports the package of a known name or scheme from the project', async () => {
    const from = await project(fs);
    expect(await opened({ driver: 'fs', root: '/a' }, from)).toEqual({ root: '/a', durability: 'full' });
    expect(await opened(new URL('file:///a/b%20c'), from)).toEqual({ root: '/a/b c', durability: 'full' });
    expect(await opened('FILE:///a', from)).toEqual({ root: '/a', durability: 'full' });
  });

  it('looks at the directories in their order', async () => {
    const [empty, installedThere] = [await project({}), await project(fs)];
    const driver = await openDriver('file:///a', { from: [empty, installedThere] });
    expect(driver).toMatchObject({ config: { root: '/a' } });
  });

  it('takes a third-party driver by package name, path or file URL', async () => {
    const source = driverSource({ name: 'foo', schemes: ['x-foo'] });
    const from = await project({ ...installed('foo-driver', source), 'my-driver.mjs': source });
    const path = join(from, 'my-driver.mjs');
    for (const driver of ['foo-driver', './my-driver.mjs', path, pathToFileURL(path).href]) {
      expect(await opened({ driver, root: '/a' }, from)).toMatchObject({ root: '/a' });
    }
  });

  it('names the known schemes, and the way to any other driver', async () => {
    const { code, message } = await refused('x-foo://bar');
    expect(code).toBe('INVALID_ARGUMENT');
    expect(message).toContain('"x-foo:"');
    expect(message).toContain('file, redis, rediss, redis+sentinel');
    expect(message).toContain('{ "driver": "package-name", … }');
    expect((await refused('redsi://localhost')).message).toContain('did you mean "redis"?');
  });

  it('offers no package that does not exist', async () => {
    const from = await project({});
    expect(await refused('gopher://bucket', from)).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((await refused({ driver: 'gopher' }, from)).message).toMatch(/\(known: fs, redis, s3, lmdb, memory\)$/);
  });

  it('suggests the nearest driver for a name that is no package either', async () => {
    const error = await refused({ driver: 'memroy' });
    expect(error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('did you mean "memory"?'),
    });
    expect((await refused({ driver: './nowhere.js' })).message).toContain('./nowhere.js');
  });

  it('refuses a package that is no driver, saying why', async () => {
    const from = await project({
      ...installed('no-export', 'export const other = 1;'),
      ...installed('half', "export const driver = { name: 'half', schemes: 'half', configSchema: {}, open() {} };"),
      ...installed('throws', "throw new Error('no native binding');"),
      ...installed('needs-more', "import 'not-installed';"),
      ...installed('old', driverSource({ open: 'async () => ({ specVersion: 2 })' })),
    });
    const why = async (driver: string) => {
      const { code, message } = await refused({ driver, root: '/a' }, from);
      expect(code).toBe('UNSUPPORTED');
      return message;
    };
    expect(await why('no-export')).toBe('no-export is not a driver package: it has no export named "driver"');
    expect(await why('half')).toMatch(
      /driver\.schemes: .*driver\.configSchema: expected a zod schema.*driver\.fromUrl/,
    );
    expect(await why('throws')).toContain('no native binding');
    expect(await why('needs-more')).toContain('not-installed');
    expect(await why('old')).toContain('version 2 of the driver interface');
  });

  it('refuses a scheme that the installed package does not take yet', async () => {
    const from = await project(redis);
    expect(await refused('redis+cluster://a:1,b:2', from)).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'the installed @sandkeep/persist-redis does not take redis+cluster: URLs, only redis, rediss',
    });
  });
});

describe('checking the options', () => {
  it('names every unknown option with the nearest known one', async () => {
    const from = await project(fs);
    const { code, message } = await refused({ driver: 'fs', root: '/a', durabilty: 'full', zzz: 1 }, from);
    expect(code).toBe('INVALID_ARGUMENT');
    expect(message).toContain('unknown option "durabilty" (did you mean "durability"? known: root, create, ');
    expect(message).toContain('unknown option "zzz" (known: root');
    expect((await refused('file:///a?crate=true', from)).message).toContain(
      'unknown query parameter "crate" (did you mean "create"? known: create, durability, retries, factor, label, password, compress, encrypt)',
    );
  });

  it('names field, value and what was expected', async () => {
    const from = await project(fs);
    const message = async (config: unknown) => (await refused(config, from)).message;
    expect(await message({ driver: 'fs' })).toContain('option "root" is missing: expected string');
    expect(await message({ driver: 'fs', root: 7 })).toContain('option "root" 7 is not valid: expected string');
    expect(await message('file:///a?durability=ful')).toContain(
      'query parameter "durability" "ful" is not valid: expected one of "full"|"process"',
    );
    expect(await message({ driver: 'fs', root: '/a', retries: -1 })).toContain('option "retries" -1 is not valid: ');
    expect(await message({ driver: 'fs', root: '/a', tls: { cert: 1, privateKey: 'x' } })).toContain(
      'unknown option "tls.cert"',
    );
  });

  it('reads booleans and numbers of a query where the schema asks for them', async () => {
    const from = await project(fs);
    expect(await opened('file:///a?create=true&retries=3&factor=-0.5&durability=process&label=12', from)).toEqual({
      root: '/a',
      create: true,
      retries: 3,
      factor: -0.5,
      durability: 'process',
      label: '12',
    });
    expect(await opened('file:///a?create=false&label=true', from)).toMatchObject({ create: false, label: 'true' });
    for (const query of [
      'create=yes',
      'create',
      'retries=1.5',
      'retries=',
      'retries=0x10',
      'factor=1e999',
      'factor=NaN',
    ]) {
      expect(await refused(`file:///a?${query}`, from), query).toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
  });

  it('turns nothing of an object into another type', async () => {
    const from = await project(fs);
    expect(await refused({ driver: 'fs', root: '/a', create: 'true' }, from)).toMatchObject({
      message: expect.stringContaining('option "create" "true" is not valid: expected boolean'),
    });
  });

  it('refuses what a URL says twice', async () => {
    const from = await project(fs);
    expect((await refused('file:///a?create=true&create=false', from)).message).toContain('create is given twice');
    expect((await refused('file:///a?root=/b', from)).message).toContain('root is given by the rest of the URL');
  });

  it('refuses what is no configuration at all', async () => {
    for (const config of ['', '/var/lib/x', './state', undefined, null, 7, {}, { driver: 3 }, { driver: '' }]) {
      expect(await refused(config)).toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    for (const options of [null, { from: 7 }, { from: [null] }]) {
      await expect(openDriver('memory:', options as object)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    expect((await refused('C:\\state')).message).toContain('expected a URL with a scheme, such as file:///var');
    expect((await refused('file:///a#b')).message).toContain('%23');
    expect((await refused('file:///a?__proto__=1')).message).toContain('query is malformed');
  });
});

describe('secrets', () => {
  const password = 'hunter2-hunter2';

  it.each([
    `x-foo://me:${password}@host/`,
    `redis://me:${password}@host:port/`,
    `redis://me:${password}@host/#f`,
    `redis://me:a?${password}@host/`,
    `redis://me:a#${password}@host/`,
    `redis://me:a/${password}@host/`,
    `redis:me:${password}@host?a=1&a=1`,
    `redis://host?pasword=${password}&durability=ful`,
    `redis://host?retries=x&password=${password}&password=${password}`,
    `rediss+nothing://me:${password}@host`,
    { driver: 'redis', root: '/a', pasword: password },
    { driver: 'redis', root: '/a', password: [password] },
    { driver: 'redis', root: '/a', password, tls: { privateKey: 3, password } },
    { driver: 'redis', root: '/a', durability: `redis://:${password}@host` },
  ])('are in no message, JSON or inspection: %#', async (config) => {
    const error = await refused(config, await project(redis));
    const shown = [error.message, JSON.stringify(error), inspect(error, { depth: 9, showHidden: true })];
    expect(shown.join('\n')).not.toContain('hunter2');
  });
});

describe('opening', () => {
  it('passes on the error of the driver, and completes any other', async () => {
    const from = await project({
      ...installed(
        'breaks',
        driverSource({ name: 'breaks', open: "async () => { throw new Error('no such disk'); }" }),
      ),
    });
    expect(await refused({ driver: 'breaks', root: '/a' }, from)).toMatchObject({
      code: 'UNAVAILABLE',
      driver: 'breaks',
      operation: 'open',
      message: 'the breaks driver cannot be opened: no such disk',
    });
  });
});
