import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAge } from '../src/parse-age.js';
import { freshStore, sandkeep, toArray } from './cli.js';

const hour = 3_600_000;

/** A store with sandboxes named after their state and their age in hours. */
async function agedStore(...names: string[]) {
  const fresh = await freshStore();
  for (const name of names) {
    const [state, age] = name.split('-');
    const savedAt = new Date(Date.now() - Number(age) * hour).toISOString();
    const stored = { layout: 1, format: 1, id: name, savedAt, sandbox: { state }, containers: {} };
    await fresh.driver.write(`default/sandboxes/${name}`, Buffer.from(JSON.stringify(stored)));
  }
  return fresh;
}

const all = ['ready-50', 'running-50', 'stopped-1', 'stopped-30', 'stopped-50'] as const;

it.each([
  [
    ['--state', 'stopped', '--older-than', '1d'],
    ['stopped-30', 'stopped-50'],
  ],
  [
    ['--state', 'stopped'],
    ['stopped-1', 'stopped-30', 'stopped-50'],
  ],
  [
    ['--older-than', '40h'],
    ['ready-50', 'running-50', 'stopped-50'],
  ],
  [
    ['--state', 'ready', 'running', '--older-than', '2d'],
    ['ready-50', 'running-50'],
  ],
])('%j first shows, and with --yes removes', async (options, expected) => {
  const { url, store } = await agedStore(...all);
  const shown = await sandkeep(['prune', ...options, '--url', url]);
  expect(shown).toMatchObject({ code: 0, stderr: `${expected.length} would be removed: --yes removes them\n` });
  const lines = shown.stdout.trim().split('\n').slice(1);
  expect(lines.map((line) => line.split(/\s+/)[0])).toEqual(expected);
  for (const line of lines) expect(line).toMatch(/ \d+[hd] ago +would be removed$/);
  expect(await toArray(store.list())).toEqual(all);
  const { code, stdout } = await sandkeep(['prune', ...options, '--yes', '--json', '--url', url]);
  expect(code).toBe(0);
  const { removed, ...rest } = JSON.parse(stdout);
  expect(removed.map(({ id }: { id: string }) => id)).toEqual(expected);
  expect(removed[0]).toEqual({
    ...{ id: expected[0], state: expected[0]?.split('-')[0] },
    ...{ savedAt: expect.any(String), revision: expect.any(String) },
  });
  expect(rest).toEqual({ complete: true, dryRun: false, changed: [], unreadable: [] });
  expect(await toArray(store.list())).toEqual(all.filter((id) => !expected.includes(id)));
});

it('says which states there are when nothing fits', async () => {
  const { url } = await agedStore(...all);
  const { code, stdout, stderr } = await sandkeep(['prune', '--state', 'stoped', '--url', url, '--yes']);
  expect({ code, stdout, stderr }).toEqual({
    ...{ code: 0, stdout: '' },
    stderr: 'nothing to remove; there are 1 ready, 1 running, 3 stopped\n',
  });
});

it('a damaged sandbox is told and never removed', async () => {
  const { url, root, store } = await agedStore(...all);
  await truncate(join(root, 'default/sandboxes/stopped-30.json'), 100);
  const { code, stdout, stderr } = await sandkeep(['prune', '--state', 'stopped', '--yes', '--url', url]);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^stopped-1 .*removed\nstopped-30 +CORRUPT +- +stays, as it cannot be read\nstopped-50 .*removed$/m,
  );
  expect(stderr).toBe('2 removed\nsandkeep: these cannot be read, and stay: stopped-30\n');
  expect(await toArray(store.list())).toEqual(['ready-50', 'running-50', 'stopped-30']);
});

it('says that it did not get to its end', async () => {
  const { url, root } = await agedStore(...all);
  const script = join(root, '.sandkeep/cut-off.mjs');
  const api = new URL('../../persist-api/dist/index.js', import.meta.url).href;
  await writeFile(
    script,
    `import { openDriver, PersistError } from '${api}';
      const drivers = Object.getPrototypeOf(await openDriver('memory:'));
      drivers.list = async function* () {
        yield 'default/sandboxes/stopped-30';
        throw new PersistError('UNAVAILABLE', 'the disk is away');
      };`,
  );
  const env = { NODE_OPTIONS: `--import ${script}` };
  expect(await sandkeep(['prune', '--state', 'stopped', '--yes', '--url', url], { env })).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^stopped-30 .*removed$/m),
    stderr:
      '1 removed, and not all sandboxes were looked at: run it again to go on\nsandkeep: the disk is away (key default/sandboxes/)\n',
  });
});

it.each([
  [[], 'give --state, --older-than, or both'],
  [['--older-than', '7'], 'such as 90s, 30m, 12h, 7d or 2w'],
  [['--older-than', '-1d'], 'such as 90s, 30m, 12h, 7d or 2w'],
  [['--state', 'stopped', '--namespace', 'a/b'], 'namespace "a/b" is not valid'],
])('%j is refused', async (options, message) => {
  const { code, stdout, stderr } = await sandkeep(['prune', ...options, '--url', 'memory:']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

it.each([
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['12h', 12 * hour],
  ['7d', 7 * 24 * hour],
  ['2w', 14 * 24 * hour],
  ['0s', 0],
])('%s is %i ms', (text, milliseconds) => expect(parseAge(text)).toBe(milliseconds));
