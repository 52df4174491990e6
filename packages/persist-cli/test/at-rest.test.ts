import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDriver, SandboxStore } from '@sandkeep/persist-api';
import { expect, it } from 'vitest';
import { directory, sandkeep } from './cli.js';

const keys = 'k1:QkVZS09UREVUUFlSQ05FVE9OU1RJU0VVTEFWU0lIVF8=';
const ready = { sandbox: { state: 'ready' as const }, containers: new Map([['app', { state: 'ready' as const }]]) };

/** A project whose store is compressed and encrypted, by its configuration, with two sandboxes in it. */
async function encryptedProject() {
  const root = await directory();
  await writeFile(join(root, 'keys'), keys);
  const config = { driver: 'fs', root: './state', create: true, compress: true, encrypt: { keyFile: './keys' } };
  await writeFile(join(root, 'sandkeep.config.json'), JSON.stringify(config));
  await using driver = await openDriver(config, { from: root });
  const store = new SandboxStore(driver);
  await store.save('web', ready);
  await store.save('jobs', ready);
  return { root, url: pathToFileURL(join(root, 'state')).href };
}

it('every command works on an encrypted store that the configuration names', async () => {
  const { root } = await encryptedProject();
  expect(await readFile(join(root, 'state/default/sandboxes/web.json'), 'latin1')).not.toContain('ready');
  expect(await sandkeep(['ls'], { cwd: root })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^web +ready/m),
  });
  expect(await sandkeep(['show', 'web'], { cwd: root })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('app'),
  });
  expect(await sandkeep(['rm', 'web'], { cwd: root })).toMatchObject({ code: 0 });
  expect(await sandkeep(['show', 'web'], { cwd: root })).toMatchObject({ code: 3 });
});

it('and on one that a URL names, with the keys in the environment', async () => {
  const { url } = await encryptedProject();
  const env = { SANDKEEP_ENCRYPTION_KEYS: keys, SANDKEEP_URL: `${url}?compress=true&encrypt=true` };
  expect(await sandkeep(['show', 'web', '--json'], { env })).toMatchObject({ code: 0 });
});

it('without the key it says what to do, and damages nothing', async () => {
  const { root, url } = await encryptedProject();
  const plain = await sandkeep(['ls', '--url', url]);
  expect(plain).toMatchObject({ code: 1, stdout: expect.stringMatching(/^web +PERMISSION_DENIED/m) });
  expect(plain.stderr).toMatch(/2 of 2 sandboxes cannot be read.*encrypt=true.*keys/);
  const none = await sandkeep(['show', 'web', '--url', `${url}?encrypt=true`]);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('SANDKEEP_ENCRYPTION_KEYS is not set') });
  const env = { SANDKEEP_ENCRYPTION_KEYS: keys.replace('k1', 'k2') };
  const another = await sandkeep(['show', 'web', '--url', `${url}?compress=true&encrypt=true`], { env });
  expect(another).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('encrypted with the key "k1", which was not given (given: k2)'),
  });
  const decrypted = await sandkeep(['show', 'web', '--url', `${url}?encrypt=${join(root, 'keys')}`]);
  expect(decrypted).toMatchObject({ code: 1, stderr: expect.stringContaining('compress=true') });
  for (const { stderr } of [plain, none, another, decrypted]) expect(stderr).not.toContain('QkVZ');
  expect(await sandkeep(['show', 'web'], { cwd: root })).toMatchObject({ code: 0 });
});

it('the conformance suite runs through encryption, in child processes, too', async () => {
  const { url } = await encryptedProject();
  const only = ['--only', 'A3,C,D33,I71-processes'];
  const target = `${url}?compress=true&encrypt=true`;
  const run = await sandkeep(['conformance', target, ...only], { env: { SANDKEEP_ENCRYPTION_KEYS: keys } });
  expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^all +9 +0 +0 /m) });
}, 60_000);
