import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { freshStore, sandkeep, start } from './cli.js';

const state = { sandbox: { state: 'ready' as const }, containers: new Map() };

/** Starts `sandkeep watch`. */
function startWatch(args: readonly string[]) {
  const child = start(['watch', ...args]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const remarks = createInterface({ input: child.stderr as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value as string;
  return { child, line, remark: async () => (await remarks.next()).value as string };
}

test('each change is a line, until Ctrl-C', async () => {
  const { url, store } = await freshStore();
  const { child, line, remark } = startWatch(['--url', url]);
  expect(await remark()).toBe('watching namespace default; Ctrl-C ends it');
  const first = await store.save('web', state);
  expect(await line()).toMatch(new RegExp(`^\\d{4}-\\S+Z  web  saved      ready  ${first}$`));
  await store.update('web', (draft) => {
    draft.sandbox.state = 'running';
  });
  expect(await line()).toMatch(/ {2}web {2}saved {6}running {2}\S+$/);
  await store.destroy('web');
  expect(await line()).toMatch(/ {2}web {2}destroyed {2}- {2}-$/);
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([130, null]);
});

test('with an id, only that sandbox is told, as JSON if asked for; --initial begins with what is there', async () => {
  const { url, store } = await freshStore();
  const revision = await store.save('web', state);
  await store.save('other', state);
  const { child, line } = startWatch(['web', '--initial', '--json', '--url', url]);
  expect(JSON.parse(await line())).toEqual({
    time: expect.any(String),
    id: 'web',
    type: 'saved',
    state: 'ready',
    revision,
  });
  await store.destroy('other');
  await store.destroy('web');
  expect(JSON.parse(await line())).toEqual({ time: expect.any(String), id: 'web', type: 'destroyed' });
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([143, null]);
});

test('output that nobody reads any more ends it', async () => {
  const { url, store } = await freshStore();
  const { child, remark } = startWatch(['--url', url]);
  await remark();
  child.stdout?.destroy();
  await store.save('web', state);
  expect(await once(child, 'close')).toEqual([141, null]);
});

test('a sandbox that cannot be read is told with the reason', async () => {
  const { url, driver } = await freshStore();
  const { line, remark } = startWatch(['--url', url]);
  await remark();
  await driver.write('default/sandboxes/bad', new Uint8Array([1, 2, 3]));
  expect(await line()).toMatch(/ {2}bad {2}saved {6}CORRUPT {2}\S+$/);
});

test.each([
  [['--url', 'file:///nowhere/at/all'], 3, /does not exist/],
  [['../x', '--url', 'memory:'], 2, /sandbox id "\.\.\/x" is not valid/],
])('%j fails with a clear message', async (args, code, message) => {
  const { code: exit, stderr, stdout } = await sandkeep(['watch', ...args]);
  expect({ exit, stdout }).toEqual({ exit: code, stdout: '' });
  expect(stderr).toMatch(message);
});
