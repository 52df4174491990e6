import { readFileSync, writeFileSync } from 'node:fs';
import { type Report, runConformance } from '@sandkeep/persist-conformance';
import { afterAll, test } from 'vitest';
import { testedDrivers } from './drivers.js';
import { formatMatrix } from './format-matrix.js';

const page = new URL('../../docs/conformance.md', import.meta.url);
const begin = '<!-- The matrix: written by npm run conformance:matrix -->\n';
const end = '<!-- The end of the matrix -->';
const reports = new Map<string, Report>();

test.each(testedDrivers)('$name', async ({ name, start }) => {
  const { harness, close } = await start();
  try {
    const report = await runConformance(harness);
    reports.set(name, report);
    for (const { id, status, error } of report.cases) if (status === 'failed') console.error(name, id, error?.stack);
  } finally {
    await close();
  }
});

afterAll(() => {
  if (reports.size < testedDrivers.length) throw new Error('the matrix is written only when every driver was run');
  const text = readFileSync(page, 'utf8');
  const [before, after] = [text.slice(0, text.indexOf(begin)), text.slice(text.indexOf(end))];
  writeFileSync(page, `${before}${begin}\n${formatMatrix(reports)}\n${after}`);
});
