import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { PersistDriver } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, assertMissing, bytes, collect, writeAll } from '../documents.js';
import { expectError } from '../expect-error.js';

export const keyCases: readonly ConformanceCase[] = [
  {
    id: 'G59',
    section: 'G',
    title: 'every malformed key, prefix and lock name is INVALID_ARGUMENT',
    proves: 'An id from outside can never reach a path, a pattern or a command of the backend.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      await driver.write('a', bytes('one'));
      for (const malformed of malformedKeys()) {
        const key = malformed as string;
        const shown = inspect(malformed).slice(0, 60);
        for (const [name, call] of Object.entries(callsWith(driver, key))) {
          await expectError(`${name} with ${shown}`, 'INVALID_ARGUMENT', call);
        }
      }
      assert.deepEqual(await collect(driver.list('')), ['a'], 'calls with malformed keys must leave nothing behind');
      await assertHolds(driver, 'a', 'one', 'after calls with malformed keys');
    },
  },
  {
    id: 'G59-longest',
    section: 'G',
    title: 'keys up to 900 bytes, with segments up to 255, work',
    proves: 'What the contract allows is not cut, hashed together or refused by a limit of the backend.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const segment = 's'.repeat(254);
      const keys = [
        `${segment}1`,
        `${segment}2`,
        `${segment}1/${segment}1/${segment}1/${'t'.repeat(131)}1`,
        `${segment}1/${segment}1/${segment}1/${'t'.repeat(131)}2`,
        `d${'/d'.repeat(449)}`,
      ].sort();
      await writeAll(driver, keys);
      for (const key of keys) await assertHolds(driver, key, key, 'among keys of the greatest length');
      assert.deepEqual(await collect(driver.list('')), keys, 'list must show keys of the greatest length');
      for (const key of keys) assert.equal(await driver.remove(key), true, `remove of a key of ${key.length} bytes`);
    },
  },
  {
    id: 'G60',
    section: 'G',
    title: 'names that mean something to a backend are plain names',
    proves: 'No document collides with what the driver keeps beside the documents, nor with a lock.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const keys = [...plainNames(), ...[...plainNames()].map((name) => `default/${name}`)].sort();
      await writeAll(driver, keys);
      const locks = await Promise.all(keys.slice(0, 10).map((name) => driver.lock(name, { waitMs: 0 })));
      for (const key of keys) await assertHolds(driver, key, key, 'among names that mean something to a backend');
      assert.deepEqual(await collect(driver.list('')), keys, 'list must show exactly the documents');
      for (const lock of locks) await lock.release();
      for (const key of keys) await assertHolds(driver, key, key, 'after locks of the same names were released');
    },
  },
  {
    id: 'G61',
    section: 'G',
    title: 'keys that differ in case alone are distinct',
    proves: 'Two sandboxes never share a document because a file system or collation folds case.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const keys = ['KEY', 'KEY/A', 'KEY/a', 'Key', 'kEY', 'key', 'key/A', 'key/a'];
      await writeAll(driver, keys);
      for (const key of keys) await assertHolds(driver, key, key, 'among keys that differ in case');
      assert.deepEqual(await collect(driver.list('')), keys, 'list must show each of them');
      assert.deepEqual(
        await collect(driver.list('key')),
        ['key/A', 'key/a'],
        'list("key") must not show those of "KEY"',
      );
      await driver.remove('KEY');
      await assertMissing(driver, 'KEY', 'after remove("KEY")');
      await assertHolds(driver, 'key', 'key', 'after remove("KEY")');
      await using _upper = await driver.lock('LOCK', { waitMs: 0 });
      await using _lower = await driver.lock('lock', { waitMs: 0 });
    },
  },
];

function callsWith(driver: PersistDriver, key: string): Record<string, () => Promise<unknown>> {
  const calls: Record<string, () => Promise<unknown>> = {
    read: () => driver.read(key),
    write: () => driver.write(key, bytes('x')),
    remove: () => driver.remove(key),
    lock: () => driver.lock(key, { waitMs: 0 }),
    breakLock: () => driver.breakLock(key),
  };
  if (key !== undefined) calls['list after'] = () => collect(driver.list('', { after: key }));
  if (key !== '' && key !== 'a/') calls['list'] = () => collect(driver.list(key));
  return calls;
}

function* malformedKeys(): Generator<unknown> {
  yield* ['', '.', '..', '../a', 'a/..', 'a/../b', './a', 'a/.', '/', '/a', 'a/', 'a//b', '//a', 'a//'];
  yield* [
    '\\',
    'a\\b',
    'C:\\a',
    'a:b',
    '\0',
    'a\0',
    'a\0b',
    'a\nb',
    'a\r',
    'a\t',
    '\x1b[0m',
    '\x7f',
    ' ',
    'a b',
    'a ',
    ' a',
  ];
  yield* [
    '*',
    'a*',
    '?',
    '[a]',
    '{a}',
    'a{b',
    '~',
    '~/a',
    '$HOME',
    '%2e%2e',
    'a%2fb',
    'a?b',
    'a#b',
    'a&b',
    '"',
    "'",
    '`',
    '<',
    '|',
  ];
  yield* [
    '.sandkeep',
    '.a',
    '-a',
    '_a',
    'a/.b',
    'a/-b',
    'a/_b',
    '__proto__',
    'é',
    'e\u0301',
    'ａ',
    '😀',
    '\ud800',
    'a\udc00',
    '\u202e',
  ];
  yield* ['a'.repeat(256), `b/${'a'.repeat(256)}`, `a${'/a'.repeat(450)}`, 'a'.repeat(100_000)];
  yield* [undefined, null, 42, true, {}, ['a'], Symbol('a'), new Uint8Array(1)];
}

function* plainNames(): Generator<string> {
  yield* ['lock', 'locks', 'lock.json', 'a.lock', 'a.tmp', 'a.json', 'a.json.json', 'a', 'sandkeep'];
  yield* [
    'slots',
    'staged',
    'index',
    'data',
    'version',
    'fence',
    'tmp',
    'root',
    'NUL',
    'con',
    'aux.json',
    'COM1',
    'default',
  ];
  yield* [
    'constructor',
    'toString',
    'hasOwnProperty',
    'undefined',
    'null',
    'true',
    '0',
    '00',
    '1e3',
    '9007199254740993',
    'a.',
    'a..',
    'a...b',
    'a-',
    'a_',
  ];
}
