import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { conformanceCases } from '@sandkeep/persist-conformance';
import { expect, it } from 'vitest';

/** Runs one test file with `node --test`. */
function nodeTest(name: string): Promise<{ code: number; output: string }> {
  const file = fileURLToPath(new URL(`fixtures/${name}.node-test.js`, import.meta.url));
  const args = ['--test', '--test-reporter=tap', file];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 16 * 1024 * 1024 }, (error, stdout) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout }),
    );
  });
}

it('node:test runs every case, and shows those that were not verified', async () => {
  const { code, output } = await nodeTest('memory');
  expect(code, output).toBe(0);
  const lines = output.split('\n');
  for (const { id, title, needs } of conformanceCases) {
    const line = lines.find((text) => text.includes(` - ${id} ${title.replaceAll('#', '\\#')}`));
    expect(line, `${id} must be among the tests`).toMatch(/^\s*ok /);
    if (needs.length === 0) expect(line).not.toContain('not verified: the harness');
    else expect(line).toMatch(new RegExp(`\\(not verified: the harness has no ${needs[0]}\\) \\\\?# SKIP`));
  }
}, 60_000);

it('node:test tells the story of a failure', async () => {
  const { code, output } = await nodeTest('faulty');
  expect(code).toBe(1);
  expect(output).toMatch(/ok 1 - D32/);
  expect(output).toMatch(/not ok 2 - D33/);
  expect(output).toContain('write with a stale version (CONFLICT expected) must reject, but resolved');
  expect(output).toContain("{ only: ['D33'], seed: 7 }");
  expect(output).toContain('were told that they won');
}, 60_000);

it('a case that turns out not to be verifiable is skipped with the reason', async () => {
  const { code, output } = await nodeTest('unshared');
  expect(code, output).toBe(0);
  expect(output).toMatch(/ok 1 - A9 [^\n#]*\n/);
  expect(output).toMatch(/ok 1 - D42 .*# SKIP .*not verified: the driver declares capabilities.shared as false/);
}, 60_000);
