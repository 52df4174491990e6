import CliTable from 'cli-table3';
import { colorsFor, printable } from './output.js';

/**
 * Lays out a table without borders, which people read and `awk` splits.
 * @param columns the headings
 * @param rows one cell for each column; control characters in them are escaped
 */
export function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const { bold, red } = colorsFor(process.stdout);
  const table = new CliTable({
    head: columns.map((column) => bold(column.toUpperCase())),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const row of rows) {
    table.push(row.map((cell) => (alarming.has(cell) ? red(cell) : printable(cell))));
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Cells that stand out in red. */
const alarming: ReadonlySet<string> = new Set(['CORRUPT', 'FORMAT_UNSUPPORTED', 'PERMISSION_DENIED', 'gone']);

const noBorders = Object.fromEntries(
  [
    ['top', 'top-mid', 'top-left', 'top-right'],
    ['bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].flatMap((names) => names.map((name) => [name, ''])),
);
