import type { Measurement } from '../measure/group.js';
import { formatValue } from '../run/format-group.js';
import type { Result } from '../run/results.js';

/** A result as a table of Markdown, with the command that repeats it and the machine that it is from. */
export function markdownTable({ title, unit, measurements, command, machine, date, load }: Result): string {
  const columns = columnsFor(unit, measurements);
  const rows = measurements.map((measurement) => columns.map(({ cell }) => cell(measurement)));
  const lines = [
    columns.map(({ head }) => head),
    columns.map(({ isNumber }) => (isNumber ? '--:' : '---')),
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  return `**${capitalized(title)}**\n\n${lines.join('\n')}\n\n<sub>\`${command}\` · ${machine} · ${date}${load === undefined ? '' : `, load ${load.toFixed(0)}`}</sub>`;
}

interface Column {
  readonly head: string;
  readonly isNumber?: boolean;
  cell(measurement: Measurement): string;
}

function columnsFor(unit: string, measurements: readonly Measurement[]): Column[] {
  const columns: Column[] = [
    { head: '', cell: ({ name }) => (isOurs(name) ? `**${name}**` : name) },
    { head: unit, isNumber: true, cell: ({ value }) => formatValue(value) },
  ];
  if (measurements.some(({ ratio }) => ratio !== undefined)) {
    columns.push({
      head: '× floor',
      isNumber: true,
      cell: ({ ratio }) => (ratio === undefined ? '' : ratio.toFixed(2)),
    });
  }
  if (measurements.some(({ lacks }) => lacks !== undefined)) {
    columns.push({ head: 'does not guarantee', cell: ({ lacks = '' }) => lacks });
  }
  if (measurements.some(({ note }) => note !== undefined)) {
    columns.push({ head: 'seen', cell: ({ note = '' }) => note });
  }
  return columns;
}

/** Whether a candidate is a call of Sandkeep. */
export function isOurs(name: string): boolean {
  return /^(store|driver)\.|sandkeep|openS3Driver/.test(name);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
