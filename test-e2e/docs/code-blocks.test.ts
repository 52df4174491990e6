import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { codeBlocks, repository } from './code-blocks.js';

/** What the JavaScript of a page prints, and what it takes for granted. */
const pages: readonly { readonly page: string; readonly prints: string; readonly before?: string }[] = [
  { page: 'README.md', prints: '' },
  { page: 'docs/getting-started.md', prints: "running [ 'nginx' ]\nthere is no sandbox missing\n" },
  { page: 'docs/configuration.md', prints: 'memory fs\nrunning XAES-256-GCM, key 2026-11\n' },
  { page: 'docs/locks.md', prints: "[ [ true, 'resizing' ] ]\n" },
  { page: 'docs/watch.md', prints: 'web saved at a revision\nweb destroyed for good\n' },
  { page: 'docs/security.md', prints: '{}\n' },
  { page: 'docs/kata-item-store.md', prints: 'paused 4711\nfalse\n' },
  { page: 'packages/persist-api/README.md', prints: 'running 1\n' },
  { page: 'packages/persist-fs/README.md', prints: "{ state: 'running' }\n" },
  { page: 'packages/persist-lmdb/README.md', prints: "{ state: 'running' }\n" },
  { page: 'packages/persist-kata/README.md', prints: "web 4242 [ 'app' ]\nweb written\nweb written\n" },
];

test.each(pages)('the JavaScript of $page runs as it is printed', ({ page, prints, before = '' }) => {
  const blocks = codeBlocks(page).filter(({ language }) => ['js', 'ts'].includes(language));
  expect(blocks.length).toBeGreaterThan(0);
  const directory = temporaryDirectory(join(repository, 'test-e2e'));
  writeFileSync(join(directory, 'page.mjs'), [before, ...blocks.map(({ code }) => code)].join('\n'));
  expect(execFileSync(process.execPath, ['page.mjs'], { cwd: directory, encoding: 'utf8' })).toBe(prints);
});
