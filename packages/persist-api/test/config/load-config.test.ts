import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig, openDriver } from '../../src/index.js';
import { driverSource, installed, project } from './project.js';

beforeEach(() => {
  vi.stubEnv('SANDKEEP_URL', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('where it is found', () => {
  it.each([
    ['sandkeep.config.json', '"redis://a"'],
    ['sandkeep.config.mjs', 'export default "redis://a"'],
    ['sandkeep.config.js', 'module.exports = "redis://a"'],
    ['package.json', '{ "sandkeep": "redis://a" }'],
  ])('%s, also from a directory below', async (name, content) => {
    const root = await project({ [name]: content });
    const below = join(root, 'a/b');
    await mkdir(below, { recursive: true });
    const expected = { config: 'redis://a', source: join(root, name), from: root };
    expect(await loadConfig({ from: root })).toEqual(expected);
    expect(await loadConfig({ from: below })).toEqual(expected);
  });

  it('the nearest wins; a package.json without the key does not count', async () => {
    const root = await project({
      'package.json': '{ "sandkeep": { "driver": "memory" } }',
      'a/package.json': '{ "name": "a" }',
      'b/sandkeep.config.json': '{ "driver": "s3" }',
      'b/package.json': '{ "sandkeep": { "driver": "redis" } }',
    });
    expect(await loadConfig({ from: join(root, 'a') })).toMatchObject({ config: { driver: 'memory' } });
    expect(await loadConfig({ from: join(root, 'b') })).toMatchObject({ config: { driver: 's3' } });
  });

  it('SANDKEEP_URL overrides it, unless it is empty', async () => {
    const root = await project({ 'sandkeep.config.json': '{ "driver": "memory" }' });
    vi.stubEnv('SANDKEEP_URL', 'file:///elsewhere');
    expect(await loadConfig({ from: root })).toEqual({
      config: 'file:///elsewhere',
      source: 'SANDKEEP_URL',
      from: root,
    });
    vi.stubEnv('SANDKEEP_URL', '');
    expect(await loadConfig({ from: root })).toMatchObject({ config: { driver: 'memory' } });
  });

  it('gives undefined if there is none', async () => {
    expect(await loadConfig({ from: await project({}) })).toBeUndefined();
  });
});

describe('relative paths', () => {
  it('are relative to the file', async () => {
    const root = await project({
      'sandkeep.config.json': '{ "driver": "fs", "root": "state", "create": true }',
      'a/sandkeep.config.json': '{ "driver": "../my-driver.mjs", "root": "state" }',
      'b/sandkeep.config.json': '{ "driver": "fs", "root": "/state" }',
    });
    expect(await loadConfig({ from: root })).toMatchObject({
      config: { driver: 'fs', root: join(root, 'state'), create: true },
    });
    expect(await loadConfig({ from: join(root, 'a') })).toMatchObject({
      config: { driver: join(root, 'my-driver.mjs'), root: 'state' },
    });
    expect(await loadConfig({ from: join(root, 'b') })).toMatchObject({ config: { root: '/state' } });
  });

  it('open with openDriver', async () => {
    const root = await project({
      'package.json': '{ "sandkeep": { "driver": "./my-driver.mjs", "root": "x" } }',
      'my-driver.mjs': driverSource(),
      'a/sandkeep.config.json': '{ "driver": "my-package", "root": "y" }',
      ...installed('my-package', driverSource()),
    });
    for (const [directory, expected] of [
      ['', 'x'],
      ['a', 'y'],
    ] as const) {
      const found = await loadConfig({ from: join(root, directory) });
      if (found === undefined) throw new Error('nothing found');
      expect(await openDriver(found.config, found)).toMatchObject({ config: { root: expected } });
    }
  });
});

describe('a broken file is one error with its name and the reason', () => {
  it.each([
    ['sandkeep.config.json', '', 'a field "driver"'],
    ['sandkeep.config.json', '{ "driver"', 'JSON at position 10'],
    ['sandkeep.config.json', '{ "driver": "redis", "password": "hunter2", x }', 'in JSON'],
    ['sandkeep.config.json', '{ "password": hunter2 }', 'in JSON'],
    ['sandkeep.config.json', '{ "root": "/state" }', 'a field "driver"'],
    ['sandkeep.config.json', '[]', 'a field "driver"'],
    ['sandkeep.config.json', 'null', 'a field "driver"'],
    ['sandkeep.config.mjs', 'export default {', 'sandkeep.config.mjs'],
    ['sandkeep.config.mjs', 'export const other = 1;', 'a field "driver"'],
    ['sandkeep.config.mjs', 'throw new Error("no vault");', 'no vault'],
    ['package.json', '{ "sandkeep": 3 }', 'a field "driver"'],
    ['package.json', '{', 'JSON'],
  ])('%s: %s', async (name, content, reason) => {
    const root = await project({ [name]: content });
    const error = await loadConfig({ from: root }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(join(root, name)) });
    expect(error).toMatchObject({ message: expect.stringContaining(reason) });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  it('a directory in its place', async () => {
    const root = await project({ 'sandkeep.config.json/x': '' });
    await expect(loadConfig({ from: root })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
