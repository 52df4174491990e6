import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { isPersistError, type PersistDriver, type PersistError, persistErrorCodes } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, assertMissing, bytes, collect } from '../documents.js';
import { expectError, rejectionOf } from '../expect-error.js';

export const errorCases: readonly ConformanceCase[] = [
  {
    id: 'J89',
    section: 'J',
    title: 'a call whose signal is aborted already rejects with the reason and changes nothing',
    proves: 'Who has given up is not surprised by an effect.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      await driver.write('a', bytes('one'));
      const reason = new Error('given up');
      const signal = AbortSignal.abort(reason);
      for (const [name, call] of Object.entries(callsWithSignal(driver, signal))) {
        const error = await rejectionOf(`${name} with an aborted signal`, call);
        assert.equal(
          error,
          reason,
          `${name} with an aborted signal must reject with its reason, not ${inspect(error)}`,
        );
      }
      await assertHolds(driver, 'a', 'one', 'after calls with an aborted signal');
      await assertMissing(driver, 'b', 'after calls with an aborted signal');
      await using _lock = await driver.lock('a', { waitMs: 0 });
    },
  },
  {
    id: 'J89-no-io',
    section: 'J',
    title: 'a call whose signal is aborted already does not ask the backend',
    proves: 'Giving up works also while the backend is down.',
    needs: ['failStorage'],
    async run(context) {
      const driver = await context.open();
      const reason = new Error('given up');
      await context.failStorage();
      for (const [name, call] of Object.entries(callsWithSignal(driver, AbortSignal.abort(reason)))) {
        const error = await rejectionOf(`${name} with an aborted signal on a failing backend`, call);
        assert.equal(
          error,
          reason,
          `${name} with an aborted signal must reject with its reason, not ${inspect(error)}`,
        );
      }
    },
  },
  {
    id: 'J90',
    section: 'J',
    title: 'every error has its code, driver, operation and key',
    proves: 'A log line says what failed where, and a program can decide without reading messages.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const stale = await driver.write('a', bytes('one'));
      await driver.write('a', bytes('two'));
      await using _lock = await driver.lock('a', { waitMs: 0 });
      const { maxDocumentBytes } = driver.capabilities;
      const calls = {
        write: {
          CONFLICT: () => driver.write('a', bytes('x'), { expect: stale }),
          ...(maxDocumentBytes < 2 ** 31 && {
            TOO_LARGE: () => driver.write('a', new Uint8Array(maxDocumentBytes + 1)),
          }),
          INVALID_ARGUMENT: () => driver.write('a', 'text' as never),
        },
        remove: { CONFLICT: () => driver.remove('a', { expect: stale }) },
        lock: {
          LOCK_TIMEOUT: () => driver.lock('a', { waitMs: 0 }),
          INVALID_ARGUMENT: () => driver.lock('a', { ttlMs: 1 }),
        },
      } as const;
      for (const [operation, byCode] of Object.entries(calls)) {
        for (const [code, call] of Object.entries(byCode)) {
          const error = await expectError(`${operation} of "a"`, code as PersistError['code'], call);
          assertFields(error, driver, operation, 'a');
        }
      }
      const invalid = await expectError('read("../a")', 'INVALID_ARGUMENT', () => driver.read('../a'));
      assertFields(invalid, driver, 'read', '../a');
      await driver.close();
      assertFields(await expectError('read after close', 'CLOSED', () => driver.read('a')), driver, 'read', 'a');
    },
  },
  {
    id: 'J90-corrupt',
    section: 'J',
    title: 'CORRUPT names the document',
    proves: 'The one damaged record among thousands can be found.',
    needs: ['corrupt'],
    async run(context) {
      const driver = await context.open();
      await driver.write('a/b', bytes('one'));
      await context.corrupt('a/b', 'truncated');
      const error = await expectError('read of a damaged document', 'CORRUPT', () => driver.read('a/b'));
      assertFields(error, driver, 'read', 'a/b');
    },
  },
  {
    id: 'J90-failure',
    section: 'J',
    title: 'a failing backend is a PersistError, health says so, and the driver recovers',
    proves: 'An outage is told apart from a missing document, and ends when it ends.',
    needs: ['failStorage'],
    async run(context) {
      const driver = await context.open();
      const version = await driver.write('a', bytes('one'));
      const mend = await context.failStorage();
      const calls = {
        read: () => driver.read('a'),
        write: () => driver.write('a', bytes('two'), { expect: version }),
        remove: () => driver.remove('a', { expect: version }),
        list: () => collect(driver.list('a')),
      };
      const outages = ['UNAVAILABLE', 'TIMEOUT', 'PERMISSION_DENIED', 'NOT_FOUND', 'OUTCOME_UNKNOWN'] as const;
      for (const [operation, call] of Object.entries(calls)) {
        assertFields(await expectError(`${operation} on a failing backend`, outages, call), driver, operation, 'a');
      }
      const { status } = await driver.health();
      assert.equal(status, 'unavailable', `health() must resolve with unavailable on a failing backend, not ${status}`);
      await mend();
      await assertHolds(driver, 'a', 'one', 'once the backend works again', version);
    },
  },
  {
    id: 'J91',
    section: 'J',
    title: 'no secret shows in errors, health, or when the driver is printed',
    proves: 'A log can be shared.',
    needs: ['secrets'],
    async run(context) {
      const driver = await context.open();
      const version = await driver.write('a', bytes('one'));
      await driver.write('a', bytes('two'));
      const errors: unknown[] = [
        await rejectionOf('write with a stale version', () => driver.write('a', bytes('x'), { expect: version })),
        await rejectionOf('read of a malformed key', () => driver.read('../a')),
      ];
      const health = await driver.health();
      await driver.close();
      errors.push(await rejectionOf('read after close', () => driver.read('a')));
      for (const shown of [driver, health, ...errors]) assertSecretFree(shown, context.secrets());
    },
  },
];

function callsWithSignal(driver: PersistDriver, signal: AbortSignal): Record<string, () => Promise<unknown>> {
  return {
    read: () => driver.read('a', { signal }),
    write: () => driver.write('a', bytes('x'), { signal }),
    'write of a new document': () => driver.write('b', bytes('x'), { signal }),
    remove: () => driver.remove('a', { signal }),
    list: () => collect(driver.list('', { signal })),
    lock: () => driver.lock('a', { signal, ttlMs: 60_000 }),
    inspectLocks: () => collect(driver.inspectLocks({ signal })),
    breakLock: () => driver.breakLock('a', { signal }),
  };
}

function assertFields(error: PersistError, driver: PersistDriver, operation: string, key: string): void {
  const what = `the ${error.code} of ${operation}("${key}")`;
  assert.ok(isPersistError(error), `${what} must be recognised by isPersistError`);
  assert.ok(error instanceof Error, `${what} must be an Error`);
  assert.ok(persistErrorCodes.includes(error.code), `${what} must have a code of the contract`);
  assert.equal(typeof error.retryable, 'boolean', `${what} must say whether it is retryable`);
  assert.equal(error.driver, driver.name, `${what} must name the driver`);
  assert.equal(error.operation, operation, `${what} must name the operation`);
  assert.equal(error.key, key, `${what} must name the key`);
  assert.ok(error.message.length > 0, `${what} must have a message`);
  assert.equal(JSON.parse(JSON.stringify(error)).code, error.code, `${what} must survive JSON`);
}

function assertSecretFree(value: unknown, secrets: readonly string[]): void {
  const texts = [
    inspect(value, { depth: 10, showHidden: true, getters: true }),
    String(value instanceof Error ? value.stack : value),
    safeJson(value),
  ];
  for (const text of texts) {
    for (const secret of secrets) {
      const position = text.indexOf(secret);
      assert.equal(position, -1, `a secret shows in ${text.slice(Math.max(0, position - 60), position)}…`);
    }
  }
}

/** The value as JSON; empty if it refers to itself. */
function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
