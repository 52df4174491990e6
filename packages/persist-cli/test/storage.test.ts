import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { OciLayout } from '../../persist-storage/test/support/oci-layout.js';
import { directory, type Finished, finished, sandkeep, start } from './cli.js';

let at: string;
let layout: OciLayout;
let options: string[];
beforeEach(async () => {
  at = await directory();
  layout = new OciLayout(join(at, 'layout'));
  const url = pathToFileURL(join(at, 'records')).href;
  options = ['--url', `${url}?create=true`, '--root', join(at, 'graph')];
});

function storage(...args: string[]): Promise<Finished> {
  return sandkeep(['storage', ...args, ...options]);
}

const oneFile = (content: string) => ({ layers: [{ entries: [{ name: 'file', content }] }] });

it('takes a container from import to rm, in text and in JSON', async () => {
  const id = await layout.add({ ref: 'app', ...oneFile('x') });
  const imported = await storage('import', layout.directory, '--layer-driver', 'vfs');
  expect(imported).toMatchObject({ code: 0, stdout: `${id}\n` });
  expect(JSON.parse((await storage('images', '--json')).stdout)).toMatchObject([
    { id, names: ['docker.io/library/app:latest'] },
  ]);
  const created = JSON.parse((await storage('create', 'app', '--name', 'web', '--json')).stdout);
  expect(created).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f]{64}$/),
    runDir: join(at, 'graph/run/vfs-containers', created.id, 'userdata'),
  });
  const { mountPoint } = JSON.parse((await storage('start', 'web', '--json')).stdout);
  expect(readFileSync(join(mountPoint, 'file'), 'utf8')).toBe('x');
  expect(await storage('start', created.id.slice(0, 10))).toMatchObject({ stdout: `${mountPoint}\n` });
  expect(JSON.parse((await storage('stop', 'web', '--json')).stdout)).toEqual({ mounts: 1 });
  expect((await storage('containers')).stdout).toMatch(/web .* 1 /);
  expect(JSON.parse((await storage('inspect', 'web')).stdout)).toMatchObject({
    kind: 'container',
    metadata: { name: 'web' },
  });
  expect(await storage('rm', '--image', 'app')).toMatchObject({
    stderr: expect.stringContaining('used by the container web'),
  });
  expect(await storage('check', '--json')).toMatchObject({ code: 0, stdout: '[]\n' });
  expect(JSON.parse((await storage('rm', 'web', '--json')).stdout)).toEqual({ removed: ['web'] });
  expect(await storage('rm', '--image', 'app')).toMatchObject({ code: 0, stdout: 'removed app\n' });
  expect(JSON.parse((await storage('inspect', 'app', '--json')).stderr)).toMatchObject({
    error: { code: 'NOT_FOUND' },
  });
});

it('tells what is inconsistent by its exit status, and mends it', async () => {
  await layout.add({ ref: 'app', ...oneFile('x') });
  await storage('import', layout.directory, '--layer-driver', 'vfs');
  mkdirSync(join(at, 'graph/vfs/orphan'));
  const checked = await storage('check');
  expect(checked).toMatchObject({ code: 1, stdout: expect.stringContaining('no layer has this directory') });
  expect(await storage('repair')).toMatchObject({ code: 0, stdout: expect.stringContaining('mended') });
  expect(await storage('check')).toMatchObject({ code: 0, stdout: '' });
});

it('makes a root only at an import, and says what is wrong with an argument', async () => {
  const missing = await storage('images');
  expect(missing).toMatchObject({ code: 3, stderr: expect.stringContaining('there is no storage root') });
  expect(existsSync(join(at, 'graph'))).toBe(false);
  const typo = await sandkeep(['storage', 'creat', 'x']);
  expect(typo).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean create?') });
  const unnamed = await storage('create', 'app');
  expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining("'--name <name>' not specified") });
  const aufs = await storage('import', layout.directory, '--layer-driver', 'aufs');
  expect(aufs).toMatchObject({ code: 2, stderr: expect.stringContaining('expected overlay or vfs') });
});

it('leaves nothing of an import that Ctrl-C ends', { timeout: 60_000 }, async () => {
  const entries = Array.from({ length: 8_000 }, (_, n) => ({ name: `${n % 100}/${n}`, content: 'x' }));
  await layout.add({ ref: 'app', layers: [{ entries, compression: 'none' }] });
  const child = start(['storage', 'import', layout.directory, '--layer-driver', 'vfs', ...options]);
  const ended = finished(child);
  const layers = join(at, 'graph/vfs');
  while (!existsSync(layers) || readdirSync(layers).length === 0) await new Promise((done) => setImmediate(done));
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stdout: '' });
  expect(readdirSync(layers)).toEqual([]);
  expect(await storage('check')).toMatchObject({ code: 0 });
  expect(await storage('images', '--json')).toMatchObject({ stdout: '[]\n' });
});

it('loads the storage service for its own commands alone', async () => {
  const env = { NODE_DEBUG: 'esm' };
  expect((await sandkeep(['--version'], { env })).stderr).not.toContain('persist-storage/dist');
  expect((await sandkeep(['storage', 'images', ...options], { env })).stderr).toContain('persist-storage/dist');
});

it.skipIf(!existsSync('/proc/self'))('a root that cannot be made is one error, without a stack', async () => {
  await layout.add({ ref: 'app', ...oneFile('x') });
  options = ['--url', 'memory:', '--root', '/proc/sandkeep'];
  expect(await storage('import', layout.directory)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^sandkeep: ENOENT: .*mkdir '\/proc\/sandkeep'\n$/),
  });
});
