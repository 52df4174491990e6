import { inspect } from 'node:util';
import { isPersistError, type PersistError, type PersistErrorCode } from '@sandkeep/persist-api';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { CephGateway } from '../services/ceph-gateway.js';
import { errorAnswer } from '../services/s3-message.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { toArray } from '../support/to-array.js';
import { freshStorage, storageIn } from './storage.js';

const server = await ScriptedS3Server.start();
const gateway = await CephGateway.start();
afterAll(() => Promise.all([server.close(), gateway.close()]));
beforeEach(() => {
  server.script = () => undefined;
});

async function errorOf(call: Promise<unknown>): Promise<PersistError> {
  const error: unknown = await call.then(
    () => 'no error',
    (error: unknown) => error,
  );
  if (!isPersistError(error)) throw new Error(`expected a PersistError, but got ${inspect(error)}`);
  return error;
}

const refusals: readonly [status: number, code: string, expected: PersistErrorCode, advice: RegExp][] = [
  [404, 'NoSuchBucket', 'NOT_FOUND', /bucket scripted.*(make|create) it/],
  [403, 'AccessDenied', 'PERMISSION_DENIED', /s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket/],
  [403, 'InvalidAccessKeyId', 'PERMISSION_DENIED', /accessKeyId/],
  [403, 'SignatureDoesNotMatch', 'PERMISSION_DENIED', /secretAccessKey/],
  [400, 'ExpiredToken', 'PERMISSION_DENIED', /expired: get new/],
  [403, 'RequestTimeTooSkewed', 'PERMISSION_DENIED', /clock.*set it/],
  [301, 'PermanentRedirect', 'INVALID_ARGUMENT', /region/],
  [400, 'AuthorizationHeaderMalformed', 'INVALID_ARGUMENT', /region/],
  [501, 'NotImplemented', 'UNSUPPORTED', /does not implement/],
  [503, 'SlowDown', 'UNAVAILABLE', /SlowDown/],
];

describe.each(refusals)('%i %s', (status, code, expected, advice) => {
  test(`is ${expected}, says what to do, and has changed nothing`, async () => {
    const storage = storageIn(server.bucket, server, { commandTimeoutMs: 1_000 });
    await using driver = await storage.open();
    const before = await driver.write('a', Buffer.from('before'));
    server.script = () => errorAnswer(status, code);
    const calls = {
      read: () => driver.read('a'),
      write: () => driver.write('a', Buffer.from('x'), { expect: before }),
      remove: () => driver.remove('a', { expect: before }),
      list: () => toArray(driver.list('')),
      open: () => storage.open(),
    };
    const failing = Object.entries(calls).map(async ([operation, call]) => {
      const error = await errorOf(call());
      expect(error, operation).toMatchObject({ code: expected, driver: 's3', operation });
      expect(error.retryable, operation).toBe(expected === 'UNAVAILABLE');
      expect(error.message, operation).toMatch(advice);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(server.secretAccessKey);
    });
    await Promise.all(failing);
    server.script = () => undefined;
    expect((await driver.read('a'))?.version).toBe(before);
  });
});

test('500 InternalError: a read is UNAVAILABLE, a change that may be there is found out', async () => {
  await using driver = await storageIn(server.bucket, server, { commandTimeoutMs: 1_000 }).open();
  const before = await driver.write('b', Buffer.from('before'));
  server.script = () => errorAnswer(500, 'InternalError');
  expect(await errorOf(driver.read('b'))).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  expect(await errorOf(driver.write('b', Buffer.from('x'), { expect: before }))).toMatchObject({
    code: 'OUTCOME_UNKNOWN',
  });
  server.script = ({ method }) => (method === 'PUT' ? errorAnswer(500, 'InternalError') : undefined);
  expect(await errorOf(driver.write('b', Buffer.from('x'), { expect: before }))).toMatchObject({ code: 'UNAVAILABLE' });
  expect((await driver.read('b'))?.version).toBe(before);
});

test('a document that the server finds too large is TOO_LARGE', async () => {
  await using driver = await storageIn(server.bucket, server).open();
  for (const answer of [errorAnswer(400, 'EntityTooLarge'), errorAnswer(413, 'RequestEntityTooLarge')]) {
    server.script = ({ method }) => (method === 'PUT' ? answer : undefined);
    expect(await errorOf(driver.write('c', Buffer.from('x')))).toMatchObject({ code: 'TOO_LARGE', retryable: false });
  }
  const { maxDocumentBytes = 0 } = driver.capabilities;
  server.requests.length = 0;
  const tooLarge = driver.write('c', Buffer.alloc(maxDocumentBytes + 1));
  expect(await errorOf(tooLarge)).toMatchObject({ code: 'TOO_LARGE' });
  expect(server.requests).toEqual([]);
});

describe('a real server', () => {
  test('a bucket that does not exist', async () => {
    const error = await errorOf(storageIn('no-such-bucket', gateway).open());
    expect(error).toMatchObject({
      code: 'NOT_FOUND',
      operation: 'open',
      message: expect.stringContaining('no-such-bucket'),
    });
  });

  test('keys that are wrong', async () => {
    const storage = await freshStorage(gateway);
    const wrong = 'wrong-secret-4711';
    for (const keys of [{ secretAccessKey: wrong }, { accessKeyId: 'nobody', secretAccessKey: wrong }]) {
      const error = await errorOf(storage.open(keys));
      expect(error).toMatchObject({ code: 'PERMISSION_DENIED', retryable: false });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(wrong);
    }
  });

  test('a server that hangs: reads are TIMEOUT, changes are unknown; it goes on when the server does', async () => {
    const storage = await freshStorage(gateway, { commandTimeoutMs: 2_000 });
    await using driver = await storage.open();
    const version = await driver.write('a', Buffer.from('1'));
    gateway.stop();
    try {
      const calls = [driver.read('a'), driver.write('a', Buffer.from('2'), { expect: version }), driver.lock('l')];
      const [read, write, lock] = await Promise.all(calls.map(errorOf));
      expect(read).toMatchObject({ code: 'TIMEOUT', retryable: true });
      expect(write).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false });
      expect(['TIMEOUT', 'UNAVAILABLE', 'OUTCOME_UNKNOWN']).toContain(lock?.code);
    } finally {
      gateway.continue();
    }
    await using patient = await storage.open({ commandTimeoutMs: 30_000 });
    expect(await patient.read('a')).toBeDefined();
  });

  test('a server that nobody runs', async () => {
    const storage = await freshStorage(gateway, { commandTimeoutMs: 500 });
    const error = await errorOf(storage.open({ endpoint: 'http://127.0.0.1:9' }));
    expect(error).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
