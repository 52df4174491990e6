import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDriver, type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { rounds, timeFor } from '../support/rounds.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { toArray } from '../support/to-array.js';
import { differences } from './differences.js';
import { sandkeep } from './sandkeep.js';

const sandboxes = 40;
/** At which call of the driver the command is killed. */
const moments = rounds(1, 2) === 1 ? [1, 17] : Array.from({ length: 40 }, (_, index) => index + 1);

interface Store {
  readonly url: string;
  readonly driver: PersistDriver;
}

async function openStore(): Promise<Store & AsyncDisposable> {
  const url = pathToFileURL(temporaryDirectory()).href;
  const driver = await openDriver(url);
  return { url, driver, [Symbol.asyncDispose]: () => driver.close() };
}

async function filledStore() {
  const filled = await openStore();
  const store = new SandboxStore(filled.driver);
  for (let n = 0; n < sandboxes; n += 1) {
    await store.save(`box-${n}`, { sandbox: { state: 'ready', n }, containers: new Map() });
  }
  return filled;
}

/** What is there is whole and right; the command that was killed is run again, and then everything is. */
async function expectToGoOn(args: readonly string[], from: Store, to: Store): Promise<void> {
  const before = await toArray(to.driver.list(''));
  expect(before.length).toBeLessThan(sandboxes);
  const missing = await differences(from.driver, to.driver);
  expect(missing.filter((key) => before.includes(key))).toEqual([]);
  const { code, stdout } = await sandkeep([...args, '--json']);
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, written: missing.length, unchanged: before.length });
  expect(await differences(from.driver, to.driver)).toEqual([]);
}

const killed = { code: null, signal: 'SIGKILL' };

test.each(moments)(
  'a copy that is killed at write %i goes on when it is run again',
  {
    timeout: timeFor(1, 60_000),
  },
  async (moment) => {
    await using from = await filledStore();
    await using to = await openStore();
    const args = ['copy', '--from', from.url, '--to', to.url];
    expect(await sandkeep(args, `write:${moment}`)).toMatchObject(killed);
    await expectToGoOn(args, from, to);
  },
);

test.each(moments)(
  'a backup that is killed at read %i leaves no file under its name, and the next one sweeps',
  {
    timeout: timeFor(1, 60_000),
  },
  async (moment) => {
    await using from = await filledStore();
    await using to = await openStore();
    const directory = temporaryDirectory();
    const file = join(directory, 'all.tar.gz');
    const args = ['backup', '--url', from.url, '--to', file];
    expect(await sandkeep(args, `read:${moment}`)).toMatchObject(killed);
    expect(readdirSync(directory)).toEqual([expect.stringMatching(/^\.all\.tar\.gz\..*\.partial$/)]);
    expect((await sandkeep(args)).code).toBe(0);
    expect(readdirSync(directory)).toEqual(['all.tar.gz']);

    const restore = ['restore', '--from', file, '--url', to.url];
    expect(await sandkeep(restore, `write:${moment}`)).toMatchObject(killed);
    await expectToGoOn(restore, from, to);
  },
);
