import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { isPersistError, PersistError, persistErrorCodes } from '../src/index.js';

describe('PersistError', () => {
  it('is an Error with a name, a code, a message and a cause', () => {
    const cause = new Error('why');
    const error = new PersistError('UNAVAILABLE', 'down', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'PersistError', code: 'UNAVAILABLE', message: 'down', cause });
    expect(String(error)).toBe('PersistError: down');
    expect(inspect(error)).toContain('PersistError: down');
  });

  it('has the fields that it was given, and no others', () => {
    const fields = { driver: 'fs', operation: 'write', key: 'a', currentVersion: 'v1' };
    expect(Object.keys(new PersistError('CONFLICT', 'no', fields)).sort()).toEqual(
      ['code', 'retryable', ...Object.keys(fields)].sort(),
    );
    expect(Object.keys(new PersistError('CONFLICT', 'no', { driver: undefined, key: undefined }))).toEqual([
      'code',
      'retryable',
    ]);
    expect('cause' in new PersistError('CONFLICT', 'no')).toBe(false);
  });

  it.each(persistErrorCodes.map((code) => [code, ['LOCK_TIMEOUT', 'UNAVAILABLE', 'TIMEOUT'].includes(code)] as const))(
    '%s: retryable %s, unless it is told',
    (code, expected) => {
      expect(new PersistError(code, '').retryable).toBe(expected);
      expect(new PersistError(code, '', { retryable: !expected }).retryable).toBe(!expected);
    },
  );

  it('as JSON gives its fields and the message of its cause, without a stack', () => {
    const cause = new Error('why');
    const error = new PersistError('CORRUPT', 'damaged', { driver: 'fs', operation: 'read', key: 'a/b', cause });
    expect(JSON.parse(JSON.stringify({ error }))).toEqual({
      error: {
        name: 'PersistError',
        code: 'CORRUPT',
        message: 'damaged',
        retryable: false,
        driver: 'fs',
        operation: 'read',
        key: 'a/b',
        cause: 'why',
      },
    });
  });
});

describe('isPersistError', () => {
  it('knows the errors of another copy of the package', async () => {
    vi.resetModules();
    const copy = await import('../src/persist-error.js');
    expect(copy.PersistError).not.toBe(PersistError);
    const error = new copy.PersistError('NOT_FOUND', '');
    expect(error).not.toBeInstanceOf(PersistError);
    expect(isPersistError(error)).toBe(true);
    expect(copy.isPersistError(new PersistError('NOT_FOUND', ''))).toBe(true);
  });

  it('tells by the code', () => {
    const error: unknown = new PersistError('NOT_FOUND', '');
    expect(isPersistError(error, 'NOT_FOUND')).toBe(true);
    expect(isPersistError(error, 'CONFLICT')).toBe(false);
  });

  it.each([
    [undefined],
    [null],
    ['NOT_FOUND'],
    [{ code: 'NOT_FOUND', name: 'PersistError' }],
    [new Error('NOT_FOUND')],
  ])('is false for %j', (value) => {
    expect(isPersistError(value)).toBe(false);
  });
});
