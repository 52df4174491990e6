import { readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { urlHarness } from '../src/conformance/url-harness.js';
import { directory } from './cli.js';

it('removes every storage that nobody has disposed of', async () => {
  const root = await directory();
  const { harness, removeAll } = await urlHarness(pathToFileURL(root).href, [import.meta.dirname]);
  const storages = [await harness.create(), await harness.create(), await harness.create()];
  expect(readdirSync(root)).toHaveLength(3);
  await harness.dispose(storages[0] as (typeof storages)[0]);
  expect(readdirSync(root)).toHaveLength(2);
  await removeAll();
  expect(readdirSync(root)).toEqual([]);
});

it('knows the password of a URL as a secret, unless it is so short that other texts hold it', async () => {
  const secretsOf = async (url: string) => {
    const { harness } = await urlHarness(url, [import.meta.dirname]);
    return harness.secrets?.({} as never);
  };
  expect(await secretsOf('redis://me:long%2Fpassword@localhost')).toEqual(['long/password']);
  expect(await secretsOf('redis://me:redis@localhost')).toBeUndefined();
  expect(await secretsOf('redis://localhost')).toBeUndefined();
});
