import { encodeJson } from '@sandkeep/persist-api';
import { printable } from './output.js';

/** Lays out plain data as an indented tree for people. Every number is exact, and nothing is cut off. */
export function formatTree(value: object, indent = ''): string {
  return Object.entries(value)
    .map(([key, child]) => {
      const name = `${indent}${printable(Array.isArray(value) ? `[${key}]` : key)}:`;
      return isBranch(child) ? `${name}\n${formatTree(child, `${indent}  `)}` : `${name} ${formatLeaf(child)}`;
    })
    .join('\n');
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Text is quoted only where it would be mistaken for something else. */
function formatLeaf(value: unknown): string {
  const text = encodeJson(value);
  const isPlainText = typeof value === 'string' && /^[\p{L}/._][\p{L}\p{N} /._:@%+-]*$/u.test(value);
  return isPlainText && !/^(true|false|null)$/.test(value) ? value : printable(text);
}
