import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDriver } from '@sandkeep/persist-api';
import { expect, it, onTestFinished } from 'vitest';
import { directory, finished, freshStore, sandkeep, start } from './cli.js';

const ready = { sandbox: { state: 'ready' as const }, containers: new Map() };

/** A stored sandbox, with parts of it replaced. */
function stored(id: string, part: object): Buffer {
  const whole = { layout: 1, format: 1, id, savedAt: new Date().toISOString(), sandbox: {}, containers: {} };
  return Buffer.from(JSON.stringify({ ...whole, ...part }));
}

it('reads every document, and is content with a sound store', async () => {
  const { url, driver, store } = await freshStore();
  for (let index = 0; index < 40; index += 1) await store.save(`s${index}`, ready);
  await store.globals.write('networks', Buffer.from([0, 1, 2]));
  await using _lock = await driver.lock('a');
  expect(await sandkeep(['check', '--url', url])).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '41 documents were read: everything is fine\n',
  });
  const json = await sandkeep(['check', '--repair', '--json', '--url', url]);
  expect(json).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(json.stdout)).toEqual({ complete: true, documents: 41, findings: [] });
});

it('lists what is wrong, says what to do, and a repair leaves what is damaged as it is', async () => {
  const { url, root, driver, store } = await freshStore();
  for (const id of ['cut', 'fine']) await store.save(id, ready);
  await truncate(join(root, 'default/sandboxes/cut.json'), 60);
  await driver.write('default/globals/networks', Buffer.from('x'));
  await writeFile(join(root, 'default/globals/networks.json'), '');
  await driver.write('prod/sandboxes/odd', stored('odd', { sandbox: { state: 'up' } }));
  await driver.write('prod/sandboxes/new', stored('new', { format: 2, sandbox: { state: 'ready' } }));
  await driver.write('prod/sandboxes/text', Buffer.from('no JSON'));
  await (await driver.lock('held')).release();
  await writeFile(join(root, '.sandkeep/locks/held.json'), 'x');
  await symlink('fine.json', join(root, 'default/sandboxes/link.json'));
  const { code, stdout, stderr } = await sandkeep(['check', '--url', url]);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.split(/ +/, 2))).toEqual([
    ['KIND', 'WHERE'],
    ['no-document', join(root, 'default/sandboxes/link.json')],
    ['damaged', 'default/globals/networks'],
    ['damaged', 'default/sandboxes/cut'],
    ['newer-format', 'prod/sandboxes/new'],
    ['no-valid-state', 'prod/sandboxes/odd'],
    ['no-valid-state', 'prod/sandboxes/text'],
    ['damaged-lock', 'held'],
  ]);
  expect(lines[2]).toMatch(/it is empty.*"sandkeep rm --key default\/globals\/networks", and restore/);
  expect(lines[3]).toMatch(/Remove it, "sandkeep rm cut", and restore it from a backup$/);
  expect(lines[5]).toMatch(/sandbox\.state "up" is not valid.*\(--schema\)$/);
  expect(lines[7]).toMatch(/sandkeep locks --break damaged:held$/);
  const told = '6 documents were read\nsandkeep: 7 problems to be solved by hand: see above\n';
  expect({ code, stderr }).toEqual({ code: 1, stderr: told });
  const repair = await sandkeep(['check', '--repair', '--url', url]);
  expect(repair).toEqual({ code, stdout, stderr, signal: null });
  for (const args of [
    ['rm', 'cut'],
    ['rm', '--key', 'default/globals/networks'],
    ['locks', '--break', 'damaged:held'],
    ['rm', 'text', 'odd', 'new', '--namespace', 'prod'],
  ]) {
    expect(await sandkeep([...args, '--url', url])).toMatchObject({ code: 0 });
  }
  const json = await sandkeep(['check', '--json', '--url', url]);
  expect(JSON.parse(json.stdout)).toMatchObject({ documents: 1, findings: [{ kind: 'no-document', outcome: 'left' }] });
});

it('--namespace looks at its documents and locks alone', async () => {
  const { url, root, driver, store } = await freshStore();
  await store.save('cut', ready);
  await truncate(join(root, 'default/sandboxes/cut.json'), 60);
  await driver.write('prod/sandboxes/web', stored('web', { sandbox: { state: 'ready' } }));
  expect(await sandkeep(['check', '--namespace', 'prod', '--url', url])).toMatchObject({
    code: 0,
    stderr: '1 document was read: everything is fine\n',
  });
  expect(await sandkeep(['check', '--namespace', 'default', '--url', url])).toMatchObject({ code: 1 });
  expect(await sandkeep(['check', '--namespace', '../x', '--url', url])).toMatchObject({ code: 2 });
});

it('--schema says what states have to be like', async () => {
  const { url, driver } = await freshStore();
  const cwd = await directory();
  await driver.write('default/sandboxes/vm', stored('vm', { format: 2, sandbox: 'up' }));
  const check = (schema: string) => sandkeep(['check', '--schema', schema, '--url', url], { cwd });
  const standard = (check: string) =>
    `{ '~standard': { version: 1, vendor: 'test', validate: (value) => (${check}) ? { value } : { issues: [{ message: 'expected more' }] } } }`;
  const module = (sandbox: string) =>
    `export const schema = { sandbox: ${standard(sandbox)}, container: ${standard('true')} };
     export const migrations = [() => {}];`;
  await writeFile(join(cwd, 'own.mjs'), module("value === 'up'"));
  await writeFile(join(cwd, 'other.mjs'), module("value === 'down'"));
  await writeFile(join(cwd, 'empty.mjs'), '');
  expect((await check('own.mjs')).code).toBe(0);
  expect((await check('none')).code).toBe(0);
  expect(await check('default')).toMatchObject({ code: 1, stdout: expect.stringContaining('has format 2') });
  expect(await check('kata')).toMatchObject({ code: 1 });
  expect(await check('other.mjs')).toMatchObject({ code: 1, stdout: expect.stringContaining('expected more') });
  expect(await check('empty.mjs')).toMatchObject({ code: 2, stderr: expect.stringContaining('exports no schema') });
  expect(await check('nope.mjs')).toMatchObject({ code: 2, stderr: expect.stringContaining('default, kata, none') });
});

it.skipIf(!existsSync('/dev/shm'))('--repair mends what loses nothing, and says what it did', async () => {
  const root = await mkdtemp('/dev/shm/sandkeep-cli-');
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const url = pathToFileURL(root).href;
  await using driver = await openDriver(url);
  await driver.write('a', Buffer.from('x'));
  const name = join(root, '.sandkeep/names/gone.json');
  await writeFile(name, '');
  const minuteAgo = Date.now() / 1000 - 60;
  await utimes(name, minuteAgo, minuteAgo);
  const found = await sandkeep(['check', '--url', url]);
  expect(found.stdout).toMatch(new RegExp(`^stale-name +${name} +--repair mends it +the name of a document`, 'm'));
  expect({ code: found.code, stderr: found.stderr }).toEqual({
    code: 1,
    stderr: '1 document was read\nsandkeep: 1 problem: "sandkeep check --repair" mends all of them\n',
  });
  const repair = await sandkeep(['check', '--repair', '--url', url]);
  expect(repair.stdout).toMatch(new RegExp(`^stale-name +${name} +mended +the name`, 'm'));
  expect(repair.code).toBe(0);
  expect(existsSync(name)).toBe(false);
  expect((await sandkeep(['check', '--url', url])).stderr).toContain('everything is fine');
});

/** A project whose store holds `a`, which is damaged, `b`, and `c`, of which a read does what `read` says. */
async function project(read: string): Promise<string> {
  const cwd = await directory();
  const api = new URL('../../persist-api/dist/index.js', import.meta.url).href;
  await writeFile(
    join(cwd, 'driver.mjs'),
    `import { memoryDriver, PersistError } from '${api}';
      export const driver = { name: 'failing', schemes: [], fromUrl() {},
        configSchema: { safeParse: (data) => ({ success: true, data }) },
        async open() {
          const driver = memoryDriver();
          for (const key of ['a', 'b', 'c']) await driver.write(key, Buffer.from('x'));
          const { read } = driver;
          driver.read = async (key, options) => {
            if (key === 'a') throw new PersistError('CORRUPT', 'a is damaged', { key, operation: 'read' });
            if (key === 'c') ${read}
            return read.call(driver, key, options);
          };
          return driver;
        } };`,
  );
  await writeFile(join(cwd, 'sandkeep.config.json'), '{ "driver": "./driver.mjs" }');
  return cwd;
}

it('a store that cannot be read any more is an error, after what was found', async () => {
  const cwd = await project(
    "throw new PersistError('UNAVAILABLE', 'the server went away', { key, operation: 'read' });",
  );
  const { code, stdout, stderr } = await sandkeep(['check'], { cwd });
  expect(stdout).toMatch(/^damaged +a +left +a is damaged/m);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: '2 documents were read, not all\nsandkeep: the server went away\n',
  });
});

it('ends at Ctrl-C, and tells what it has found until then', async () => {
  const cwd = await project(`return new Promise((_, reject) => {
    const socket = setInterval(() => {}, 1_000);
    options.signal.addEventListener('abort', () => (clearInterval(socket), reject(options.signal.reason)));
    console.error('waiting');
  });`);
  const child = start(['check', '--json'], { cwd });
  child.stderr?.once('data', () => child.kill('SIGINT'));
  const { code, stdout } = await finished(child);
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ complete: false, documents: 2, findings: [{ subject: 'a' }] });
});
