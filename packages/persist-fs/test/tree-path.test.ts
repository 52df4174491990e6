import { expect, test } from 'vitest';
import { documentPath, parseName } from '../src/tree-path.js';

const long = (length: number, end = '') => 'x'.repeat(length - end.length) + end;

const keys = [
  ...['a', 'a/b', 'a.json', 'a.json/b', 'a.json.json', 'a.json.json/b', 'a/b.json', 'a-b', 'a.b', 'A', 'lock'],
  ...[240, 241, 250, 251, 255].flatMap((length) => [long(length), long(length, '.json'), long(length, '.')]),
  ...[240, 241, 250, 251, 255].flatMap((length) => [
    `${long(length)}/b`,
    `${long(length, '.json')}/b`,
    `${long(length, '..')}/b`,
  ]),
];

test('every key has a path of its own, and none is inside the document of another', () => {
  const paths = keys.map(documentPath);
  expect(new Set(paths).size).toBe(keys.length);
  for (const path of paths) expect(paths.filter((other) => other.startsWith(`${path}/`))).toEqual([]);
});

test('no name is longer than file systems take, and none begins with a dot', () => {
  for (const name of keys.flatMap((key) => documentPath(key).split('/'))) {
    expect(name.length).toBeLessThanOrEqual(255);
    expect(name).not.toMatch(/^\./);
  }
});

test('a path leads back to its key', () => {
  for (const key of keys) expect(keyOf(documentPath(key))).toBe(key);
});

test('names that no key has are not taken for documents', () => {
  for (const name of ['.sandkeep', 'a', 'a.json~', '+x.json', 'a b.json', '.json', '~', '.hidden.json']) {
    expect(parseName(name, false, false), name).toBeUndefined();
  }
  for (const name of ['.sandkeep', 'a.json', '+x', 'a b', '~', '+']) {
    expect(parseName(name, true, false), name).toBeUndefined();
  }
});

function keyOf(path: string): string {
  const names = path.split('/');
  let key = '';
  let within = false;
  for (const [index, name] of names.entries()) {
    const isDirectory = index < names.length - 1;
    const entry = parseName(name, isDirectory, within);
    if (entry === undefined) throw new Error(`${name} of ${path} stands for nothing`);
    key += entry.segment + (entry.type === 'directory' ? '/' : '');
    within = entry.type === 'split';
  }
  return key;
}
