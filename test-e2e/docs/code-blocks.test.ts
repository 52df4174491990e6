import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

const pages: readonly [page: string, prints: string][] = [
  ['README.md', ''],
  ['docs/getting-started.md', "running [ 'nginx' ]\nthere is no sandbox missing\n"],
  ['packages/persist-api/README.md', 'running 1\n'],
  ['packages/persist-fs/README.md', "{ state: 'running' }\n"],
  ['packages/persist-lmdb/README.md', "{ state: 'running' }\n"],
  ['docs/configuration.md', 'memory fs\nrunning XAES-256-GCM, key 2026-11\n'],
  ['docs/security.md', '{}\n'],
  ['docs/kata-item-store.md', 'paused 4711\nfalse\n'],
  ['packages/persist-kata/README.md', "web 4242 [ 'app' ]\nweb written\nweb written\n"],
];

test.each(pages)('the JavaScript of %s runs as it is printed', (page, prints) => {
  const text = readFileSync(join(repository, page), 'utf8');
  const blocks = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
  expect(blocks.length).toBeGreaterThan(0);
  const directory = temporaryDirectory(join(repository, 'test-e2e'));
  writeFileSync(join(directory, 'page.mjs'), blocks.join('\n'));
  expect(execFileSync(process.execPath, ['page.mjs'], { cwd: directory, encoding: 'utf8' })).toBe(prints);
});
