import { PassThrough } from 'node:stream';
import { type CaseReport, selectCases } from '@sandkeep/persist-conformance';
import { expect, it, vi } from 'vitest';
import { showProgress } from '../src/conformance/progress.js';

const cases = selectCases(['C26', 'C27']);
const passed: CaseReport = {
  id: 'C26',
  section: 'C',
  level: 'core',
  title: 'what was removed is missing',
  proves: '',
  status: 'passed',
  durationMs: 7,
};

function start(terminal: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY: terminal, columns: 120, rows: 40 });
  let output = '';
  stream.on('data', (chunk) => (output += chunk));
  const until = (text: string | RegExp) => vi.waitFor(() => expect(output).toMatch(text), { timeout: 20_000 });
  return { progress: showProgress(cases, stream as never), until };
}

it('is one line for each case where nobody looks at a terminal', async () => {
  const { progress, until } = start(false);
  const reason = 'the harness has no corrupt';
  progress.finished(passed);
  progress.finished({ ...passed, status: 'failed' });
  progress.finished({ ...passed, status: 'not-verified', reason });
  progress.end();
  const lines = [
    'passed C26 what was removed is missing \\(7 ms\\)',
    'FAILED C26 what was removed is missing \\(7 ms\\)',
    'not verified C26 what was removed is missing \\(the harness has no corrupt\\)',
  ];
  await until(new RegExp(`^${lines.join('\n')}\n$`));
});

it('is a bar on a terminal, which tells the case at work and keeps failures in sight', async () => {
  const { progress, until } = start(true);
  await until(/0\/2 +C26 what was removed/);
  progress.finished({ ...passed, status: 'failed' });
  await until(/FAILED.* C26 what was removed is missing/);
  await until(/1\/2 +1 failed +C27 removing what is not there/);
  progress.end();
  await until(/\u001b\[\?25h/);
});
