import { type DescribedOptions, describedAtRest, describedDrivers, type JsonSchema } from './described-drivers.js';

/** The options of every driver as Markdown: a table for each. */
export function optionTables(): string {
  const tables = [describedAtRest, ...describedDrivers].map((options) => {
    const hasNone = Object.keys(options.schema.properties).length === 0;
    return `### ${options.name}\n\n${hasNone ? 'It has no options of its own.' : tableOf(options)}`;
  });
  return tables.join('\n\n');
}

function tableOf({ schema, texts }: DescribedOptions): string {
  const rows = Object.entries(schema.properties).map(([name, property]) => {
    const { description = '', defaultText } = texts.get(name) ?? {};
    const isRequired = schema.required?.includes(name);
    const standard = isRequired ? '**required**' : code(property.default ?? defaultText);
    return [`\`${name}\``, description, typeOf(property), standard];
  });
  return table(['option', 'what it is', 'values', 'default'], rows);
}

function typeOf({ type, enum: values, items, anyOf, minimum, maximum }: JsonSchema): string {
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(', ');
  if (type === 'array') return `a list of { ${Object.keys(items?.properties ?? {}).join(', ')} }`;
  if (type === 'object') return 'an object';
  if (type === 'boolean') return '`true`, `false`';
  if (type !== 'integer') return 'text';
  return maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`;
}

function code(value: unknown): string {
  if (value === undefined || value === '') return '';
  const text = String(value);
  return typeof value !== 'string' || !text.includes(' ') ? `\`${text.replaceAll("'", '')}\`` : text;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}
