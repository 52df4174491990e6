import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { codeBlocks, codeOf, repository } from './code-blocks.js';

const readme = 'packages/persist-conformance/README.md';

/** A directory with the harness of the README, which is also the default export that docs/conformance.md imports. */
function withHarness(): string {
  const directory = temporaryDirectory(join(repository, 'test-e2e'));
  for (const { code } of codeBlocks(readme)) {
    const [, name] = /^\/\/ (harness\.js|open\.js)\b/.exec(code) ?? [];
    if (name !== undefined)
      writeFileSync(join(directory, name), `${code}${name === 'harness.js' ? 'export default harness;\n' : ''}`);
  }
  return directory;
}

/** The code of a page that holds `text`; of the cases it runs A2 alone. */
function blockWith(page: string, text: string): string {
  const block = codeBlocks(page).find(({ code }) => code.includes(text));
  if (block === undefined) throw new Error(`${page} has no code block with ${text}`);
  return block.code.replace(/only: \[[^\]]*\]/, "only: ['A2']");
}

function node(cwd: string, args: readonly string[]): string {
  return execFileSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', VITEST: '' },
  });
}

test.each([readme, 'docs/conformance.md'])('the suite in vitest, as %s has it', (page) => {
  const directory = withHarness();
  writeFileSync(join(directory, 'conformance.test.js'), blockWith(page, "from 'vitest'"));
  writeFileSync(join(directory, 'vitest.config.js'), 'export default {};\n');
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  expect(node(directory, [vitest, 'run', '--root', '.', '--testNamePattern', 'A2 '])).toMatch(/Tests .*1 passed/);
});

test('the suite in node:test', () => {
  const directory = withHarness();
  writeFileSync(join(directory, 'conformance.test.js'), blockWith(readme, "from 'node:test'"));
  const said = node(directory, ['--test', '--test-reporter=tap', '--test-name-pattern=A2 ', 'conformance.test.js']);
  expect(said).toMatch(/ok \d+ - A2 /);
  expect(said).toMatch(/^# fail 0$/m);
});

test.each([readme, 'docs/conformance.md'])('the suite without a test runner, as %s has it', (page) => {
  const directory = withHarness();
  writeFileSync(join(directory, 'run.mjs'), blockWith(page, 'runConformance('));
  expect(node(directory, ['run.mjs'])).toMatch(/^A2 passed/m);
});

test('the suite by its command', () => {
  const directory = withHarness();
  const [, args = ''] = /^npx sandkeep (.*) --only D,E$/m.exec(codeOf('docs/conformance.md', 'sh')) ?? [];
  const sandkeep = join(repository, 'packages/persist-cli/bin/sandkeep.js');
  expect(node(directory, [sandkeep, ...args.split(' '), '--only', 'A2'])).toMatch(/^all +1 +0 +0 /m);
});
