import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeBlocks, repository } from './code-blocks.js';

/** The languages of blocks that somebody could run, compile or load. */
const executable = ['js', 'ts', 'sh', 'console', 'json'];

const run = 'test-e2e/docs/code-blocks.test.ts';
const shell = 'test-e2e/docs/shell-blocks.test.ts';
const conformance = 'test-e2e/docs/conformance-blocks.test.ts';
const quickStarts = 'publishing/test/support/quick-starts.ts';
const command = 'publishing/test/installed/command.test.ts';
const config = 'test-e2e/config/config-schema.test.ts';
const policy = 'test-e2e/s3/minimal-policy.test.ts';
const transcripts = 'test-e2e/docs/operations-transcripts.test.ts';
const generated = 'packages/persist-cli/test/init-driver.test.ts';

/** Which test runs the blocks of a page in a language. What is installed is installed by `quickStarts`. */
const tested: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'README.md': { js: run, sh: shell },
  'CONTRIBUTING.md': { sh: shell },
  'docs/benchmarks.md': { sh: shell },
  'docs/configuration.md': { js: run, sh: shell, json: config, console: config },
  'docs/conformance.md': { js: conformance, sh: conformance, console: command },
  'docs/getting-started.md': { js: run, sh: shell },
  'docs/kata-item-store.md': { js: run },
  'docs/kata.md': { console: shell },
  'docs/locks.md': { js: run },
  'docs/operations.md': { sh: shell, console: transcripts },
  'docs/security.md': { js: run, json: policy },
  'docs/storage.md': { js: 'test-e2e/storage/busybox.test.ts', sh: shell },
  'docs/watch.md': { js: run },
  'docs/writing-a-driver.md': { js: generated, ts: generated, sh: generated },
  'packages/persist-api/README.md': { js: run, sh: quickStarts },
  'packages/persist-cli/README.md': { console: command, js: command, json: command },
  'packages/persist-conformance/README.md': { js: conformance, sh: quickStarts },
  'packages/persist-fs/README.md': { js: run, sh: shell },
  'packages/persist-kata/README.md': { js: run, sh: quickStarts, console: shell },
  'packages/persist-lmdb/README.md': { js: run, sh: quickStarts },
  'packages/persist-redis/README.md': { js: quickStarts, sh: quickStarts },
  'packages/persist-s3/README.md': { js: quickStarts, sh: quickStarts },
  'packages/persist-storage/README.md': { js: quickStarts, sh: quickStarts },
};

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...markdownIn('docs').filter((page) => !page.startsWith('docs/api/')), // the docstrings are not run
  ...readdirSync(join(repository, 'packages')).map((folder) => `packages/${folder}/README.md`),
];

test('every code block of README and documentation is run by a test', () => {
  const untested = pages.flatMap((page) =>
    codeBlocks(page)
      .filter(({ language }) => executable.includes(language) && tested[page]?.[language] === undefined)
      .map(({ language, line }) => `${page}:${line} (${language})`),
  );
  expect(untested).toEqual([]);
});

test('those tests are there, and name the page', () => {
  for (const [page, languages] of Object.entries(tested)) {
    const present = new Set(codeBlocks(page).map(({ language }) => language));
    for (const [language, file] of Object.entries(languages)) {
      expect([...present], page).toContain(language);
      const name = page.replace(/^.*?(\w[\w-]*)(\/README)?\.md$/, '$1');
      expect(readFileSync(join(repository, file), 'utf8'), `${file} on ${page}`).toContain(name);
    }
  }
});

test.each(pages)('the links of %s lead to files', (page) => {
  const text = readFileSync(join(repository, page), 'utf8').replace(/^```.*?^```$/gms, '');
  const targets = [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target);
  expect(targets.filter((target) => !existsSync(join(repository, page, '..', target)))).toEqual([]);
});

function markdownIn(directory: string): string[] {
  const files = readdirSync(join(repository, directory), { recursive: true }) as string[];
  return files.filter((file) => file.endsWith('.md')).map((file) => `${directory}/${file}`);
}
