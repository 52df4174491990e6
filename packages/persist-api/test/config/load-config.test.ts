import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
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
      'b/sandkeep.config.json': '{ "driver": "fs" }',
      'b/package.json': '{ "sandkeep": { "driver": "redis" } }',
    });
    expect(await loadConfig({ from: join(root, 'a') })).toMatchObject({ config: { driver: 'memory' } });
    expect(await loadConfig({ from: join(root, 'b') })).toMatchObject({ config: { driver: 'fs' } });
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

  it('a file that is named is taken, and nothing else', async () => {
    const root = await project({
      'sandkeep.config.json': '{ "driver": "memory" }',
      'other/store.json': '{ "driver": "fs", "root": "./x" }',
      'store.mjs': 'export default "redis://a"',
    });
    vi.stubEnv('SANDKEEP_URL', 'file:///elsewhere');
    expect(await loadConfig({ from: root, file: 'other/store.json' })).toEqual({
      config: { driver: 'fs', root: './x' },
      source: join(root, 'other/store.json'),
      from: join(root, 'other'),
    });
    expect(await loadConfig({ from: '/', file: join(root, 'store.mjs') })).toMatchObject({ config: 'redis://a' });
    await expect(loadConfig({ from: root, file: 'nope.json' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(`the configuration ${join(root, 'nope.json')} cannot be used: ENOENT`),
    });
  });

  it('gives undefined if there is none', async () => {
    expect(await loadConfig({ from: await project({}) })).toBeUndefined();
  });
});

describe('relative paths', () => {
  const fsSource = driverSource({ pathOptions: ['root', 'label'] });
  it.each([
    ['the name of a known driver', '{ "driver": "fs", "root": "../ro" }', '../ro'],
    ['the package of a known driver', '{ "driver": "@sandkeep/persist-fs", "root": "../ro" }', '../ro'],
    ['a module', '{ "driver": "../my-driver.mjs", "root": "./ro" }', 'ro'],
    ['an absolute path', '{ "driver": "fs", "root": "/ro" }', '/ro'],
    ['a URL', '"file:///ro"', '/ro'],
  ])('are relative to the file, wherever it is loaded from: %s', async (_, config, expected) => {
    const root = await project({
      'cfg/sandkeep.config.json': config,
      'cfg/sub/x': '',
      'my-driver.mjs': fsSource,
      ...installed('@sandkeep/persist-fs', fsSource),
    });
    const found = await loadConfig({ from: join(root, 'cfg/sub') });
    if (found === undefined) throw new Error('nothing found');
    expect(await openDriver(found.config, found)).toMatchObject({
      config: { root: resolve(root, 'cfg', expected) },
    });
  });

  it('of a URL start at the directory, too', async () => {
    const from = await project(installed('@sandkeep/persist-fs', fsSource));
    vi.stubEnv('SANDKEEP_URL', 'file:///ro?label=ca.pem');
    const found = await loadConfig({ from: relative(process.cwd(), from) });
    if (found === undefined) throw new Error('nothing found');
    expect(await openDriver(found.config, found)).toMatchObject({
      config: { root: '/ro', label: join(from, 'ca.pem') },
    });
  });

  it('that are no paths stay as they are', async () => {
    const root = await project({
      'package.json': '{ "sandkeep": { "driver": "./my-driver.mjs", "root": "x" } }',
      'my-driver.mjs': driverSource(),
    });
    const found = await loadConfig({ from: root });
    if (found === undefined) throw new Error('nothing found');
    expect(await openDriver(found.config, found)).toMatchObject({ config: { root: 'x' } });
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
    ['sandkeep.config.ts', 'export default "memory:"', 'expected sandkeep.config.json'],
    ['sandkeep.config.yaml', 'driver: memory', 'expected sandkeep.config.json'],
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
