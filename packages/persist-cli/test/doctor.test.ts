import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { directory, finished, freshStore, sandkeep, start } from './cli.js';

/**
 * A project whose store is a sound driver that promises everything, but for what `changes` does to `driver`. When it
 * is closed it prints the keys that are left.
 */
async function project(changes = ''): Promise<string> {
  const cwd = await directory();
  const api = new URL('../../persist-api/dist/index.js', import.meta.url).href;
  await writeFile(
    join(cwd, 'driver.mjs'),
    `import { memoryDriver, PersistError } from '${api}';
      export const driver = { name: 'sound', schemes: [], fromUrl() {},
        configSchema: { safeParse: (data) => ({ success: true, data }) },
        async open() {
          const driver = memoryDriver();
          const [write, lock, remove, close] = ['write', 'lock', 'remove', 'close'].map((name) => driver[name].bind(driver));
          driver.health = async () => ({ status: 'ok', facts: { durability: 'full', freeBytes: 3 * 2 ** 30 }, risks: [] });
          driver[Symbol.asyncDispose] = async () => {
            for await (const key of driver.list('')) console.error('left: ' + key);
            await close();
          };
          const refuse = (operation) => { throw new PersistError('PERMISSION_DENIED', operation + ' is not yours'); };
          ${changes}
          return driver;
        } };`,
  );
  await writeFile(join(cwd, 'sandkeep.config.json'), '{ "driver": "./driver.mjs" }');
  return cwd;
}

it('shows what a store promises and how fast it is, and leaves nothing behind', async () => {
  const { url, root, driver } = await freshStore();
  const { code, stdout } = await sandkeep(['doctor', '--url', url]);
  expect([0, 5]).toContain(code); // by what this machine's file systems promise
  expect(stdout).toMatch(new RegExp(`^${url}, by --url: the fs driver opened it in \\d`));
  expect(stdout).toMatch(new RegExp(`^ +root +${root}$`, 'm'));
  expect(stdout).toMatch(/^ +freeBytes +\d+\.\d [KMGT]iB$/m);
  for (const operation of ['write', 'read', 'list', 'lock', 'remove']) {
    expect(stdout).toMatch(new RegExp(`^${operation} +ok +\\d+ +[\\d.]+ ms +[\\d.]+ ms$`, 'm'));
  }
  const json = JSON.parse((await sandkeep(['doctor', '--json', '--url', url])).stdout);
  expect(json).toMatchObject({ store: url, source: '--url', driver: 'fs', facts: { root, durability: 'full' } });
  expect(json.operations).toContainEqual({
    operation: 'write',
    outcome: 'ok',
    times: expect.any(Number),
    median: expect.any(Number),
    worst: expect.any(Number),
  });
  const left = [];
  for await (const key of driver.list('')) left.push(key);
  for await (const { name } of driver.inspectLocks()) left.push(name);
  expect(left).toEqual([]);
});

it('has exit status 0 for a store without a risk', async () => {
  const cwd = await project();
  expect(await sandkeep(['doctor'], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.not.stringContaining('at risk'),
    stderr: '',
  });
  const json = await sandkeep(['doctor', '--json'], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject({
    status: 'fine',
    source: expect.stringMatching(/sandkeep\.config\.json$/),
    risks: [],
  });
});

it('has exit status 5 for one that works, with risks, and says which', async () => {
  const cwd = await project(`
    driver.health = async () => ({ status: 'at-risk', facts: {}, risks: ['The disk is old. Replace it.'] });
    driver.lock = async (...args) => { await new Promise((go) => setTimeout(go, 1_050)); return lock(...args); };`);
  const { code, stdout, stderr } = await sandkeep(['doctor'], { cwd });
  expect({ code, stderr }).toEqual({ code: 5, stderr: 'sandkeep: the store works, with 2 risks\n' });
  expect(stdout).toMatch(/^at risk: The disk is old\. Replace it\.\nat risk: An answer took 1\.\d s: .*ttlMs\.\n$/m);
  const json = await sandkeep(['doctor', '--json'], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject({ status: 'at-risk' });
  expect(JSON.parse(json.stderr)).toEqual({ error: { code: 'AT_RISK', message: 'the store works, with 2 risks' } });
});

it.each([
  ['write', 'not tried', "driver.write = async () => refuse('write');"],
  ['read', 'ok', "driver.read = async () => refuse('read');"],
  ['list', 'ok', "driver.list = async function* () { if (!this.listed) { this.listed = true; refuse('list'); } };"],
  ['lock', 'ok', "driver.lock = async () => refuse('lock');"],
])('names the operation that is refused: %s', async (operation, removal, changes) => {
  const { code, stdout, stderr } = await sandkeep(['doctor'], { cwd: await project(changes) });
  expect(stdout).toMatch(new RegExp(`^${operation} +refused +0 +- +-$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^remove +${removal} `, 'm'));
  expect(stdout).toMatch(new RegExp(`^${operation} refused: ${operation} is not yours`, 'm'));
  expect({ code, stderr }).toEqual({ code: 1, stderr: `sandkeep: the store does not work: ${operation} refused\n` });
});

it('says which document it could not remove', async () => {
  const { code, stdout, stderr } = await sandkeep(['doctor'], {
    cwd: await project("driver.remove = async () => refuse('remove');"),
  });
  const [, key] = /the document (\S+) is left behind/.exec(stdout) ?? [];
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `left: ${key}\nsandkeep: the store does not work: remove refused\n`,
  });
});

it('notices a storage that loses what it has acknowledged', async () => {
  const cwd = await project('driver.read = async () => undefined;');
  const { code, stdout } = await sandkeep(['doctor'], { cwd });
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('the storage loses writes') });
});

it.each(['write', 'list'])('at Ctrl-C in a %s it removes its document', async (operation) => {
  const cwd = await project(`
    const hung = driver.${operation}.bind(driver);
    const wait = (signal) => new Promise((_, reject) => {
      const socket = setInterval(() => {}, 1_000);
      signal.addEventListener('abort', () => (clearInterval(socket), reject(signal.reason)));
      console.error('waiting');
    });
    driver.${operation} = ${
      operation === 'list'
        ? 'async function* (prefix, options) { if (options) await wait(options.signal); yield* hung(prefix, options); }'
        : 'async (key, data, options) => { await hung(key, data, options); await wait(options.signal); }'
    };`);
  const child = start(['doctor'], { cwd });
  child.stderr?.once('data', () => child.kill('SIGINT'));
  expect(await finished(child)).toMatchObject({ code: 130, stdout: '', stderr: 'waiting\n' });
});

it('a store that cannot be opened is a plain answer, with what to do', async () => {
  const root = await directory();
  const missing = await sandkeep(['doctor', '--url', `file://${root}/missing`]);
  expect(missing).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/does not exist: make the directory/),
  });
  expect(await sandkeep(['doctor', '--url', 'fil:///x'])).toMatchObject({ code: 2 });
  const json = await sandkeep(['doctor', '--json', '--url', `file://${root}/missing`]);
  expect(JSON.parse(json.stdout)).toMatchObject({ status: 'broken', error: { code: 'NOT_FOUND' } });
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'NOT_FOUND' } });
});
