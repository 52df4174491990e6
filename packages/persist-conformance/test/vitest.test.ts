import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));

/** The tests of one file, as `vitest run` reports them. */
function runVitest(file: string): Promise<{ title: string; status: string; failureMessages: string[] }[]> {
  const args = [vitest, 'run', '--root', fixtures, '--config', 'vitest.config.js', '--reporter=json', file];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (_, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout).testResults[0].assertionResults);
      } catch {
        reject(new Error(`vitest said: ${stdout}${stderr}`));
      }
    });
  });
}

it('vitest tells the story of a failure, and skips what is not verified', async () => {
  const results = await runVitest('faulty.vitest.js');
  expect(results.map(({ title, status }) => [title.split(' ')[0], status])).toEqual([
    ['A8', 'skipped'],
    ['D32', 'passed'],
    ['D33', 'failed'],
    ['D42', 'skipped'],
  ]);
  expect(results[0]?.title).toContain('(not verified: the harness has no openMissing)');
  expect(results[2]?.failureMessages[0]).toContain('must reject, but resolved');
  expect(results[2]?.failureMessages[0]).toContain("To repeat it: { only: ['D33'], seed: 7 }");
}, 60_000);
