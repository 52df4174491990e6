import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test-e2e/support/temporary-directory.js';
import { ApiReference } from '../src/api-reference.js';
import { repository } from '../src/published-packages.js';

let reference: ApiReference;
beforeAll(async () => {
  reference = await ApiReference.read();
});

test('every export of every package has a docstring, and links in them lead somewhere', () => {
  expect(reference.undocumented()).toEqual([]);
  expect(reference.warnings).toEqual([]);
});

test('docs/api says what the docstrings say: else run `npm run docs:api`', async () => {
  const directory = temporaryDirectory();
  await reference.write(directory);
  expect(pagesOf(join(repository, 'docs/api'))).toEqual(pagesOf(directory));
});

function pagesOf(directory: string): Record<string, string> {
  const files = (readdirSync(directory, { recursive: true }) as string[]).sort();
  const pages = files.filter((file) => statSync(join(directory, file)).isFile());
  return Object.fromEntries(pages.map((file) => [file, readFileSync(join(directory, file), 'utf8')]));
}
