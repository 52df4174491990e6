import { type CaseReport, type Report, sections } from '@sandkeep/persist-conformance';

/** The matrix as Markdown: a row for each section, a column for each driver, and what was not verified with its reason. */
export function formatMatrix(reports: ReadonlyMap<string, Report>): string {
  const names = [...reports.keys()];
  const row = (title: string, cell: (report: Report) => string) => [title, ...[...reports.values()].map(cell)];
  const rows = [
    row('**level reached**', ({ level }) => `**${level ?? 'none'}**`),
    ...Object.entries(sections).map(([id, title]) =>
      row(`${id}. ${title}`, ({ cases }) => cellOf(cases.filter(({ section }) => section === id))),
    ),
    row('all', ({ cases }) => cellOf(cases)),
    row('seconds', ({ durationMs }) => String(Math.round(durationMs / 1000))),
  ];
  return `${table(['', ...names], rows)}\n\n${[...reports].map(([name, { cases }]) => remarks(name, cases)).join('\n')}\n`;
}

/** `9 of 10`: how many passed; failures are told in bold. */
function cellOf(cases: readonly CaseReport[]): string {
  const passed = cases.filter(({ status }) => status === 'passed').length;
  const failed = cases.filter(({ status }) => status === 'failed').length;
  const all = passed === cases.length ? `${passed}` : `${passed} of ${cases.length}`;
  return failed === 0 ? all : `${all}, **${failed} failed**`;
}

function remarks(name: string, cases: readonly CaseReport[]): string {
  const byReason = new Map<string, string[]>();
  for (const { id, status, reason = '' } of cases) {
    const said = status === 'failed' ? '**failed**' : reason;
    if (status !== 'passed') byReason.set(said, [...(byReason.get(said) ?? []), id]);
  }
  if (byReason.size === 0) return `- **${name}**: every case passed.`;
  const reasons = [...byReason].map(([reason, ids]) => `${ids.join(', ')} (${reason})`);
  return `- **${name}**, not verified: ${reasons.join('; ')}.`;
}

/** With the columns of the source aligned, as a formatter would leave it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((cells) => (cells[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
