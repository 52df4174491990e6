import { describe, expect, test } from 'vitest';
import { NoAnswer } from '../src/call-time.js';
import { persistErrorOf } from '../src/errors.js';
import { failureOf } from '../src/failure.js';

const answered = (status: number, name: string, more: object = {}) =>
  Object.assign(new Error('said the server'), { name, $metadata: { httpStatusCode: status, attempts: 1 }, ...more });
const broken = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });

describe('what a failed request says about its effect', () => {
  test.each([
    ['precondition', answered(412, 'PreconditionFailed')],
    ['missing', answered(404, 'NoSuchKey')],
    ['missing', answered(404, 'NotFound')],
    ['final', answered(404, 'NoSuchBucket')],
    ['passing', answered(409, 'ConditionalRequestConflict')],
    ['passing', answered(409, 'OperationAborted')],
    ['passing', answered(503, 'SlowDown')],
    ['passing', answered(429, 'TooManyRequests')],
    ['passing', answered(403, 'RequestTimeTooSkewed')],
    ['passing', answered(400, 'RequestTimeout')],
    ['lost-race', answered(500, 'UnknownError', { Code: 'UnknownError' })],
    ['doubtful', answered(500, 'Unknown')],
    ['doubtful', answered(500, 'InternalError', { Code: 'InternalError' })],
    ['unanswered', answered(502, 'Unknown')],
    ['unanswered', answered(504, 'Unknown')],
    ['final', answered(501, 'NotImplemented')],
    ['final', answered(403, 'AccessDenied')],
    ['unanswered', new NoAnswer()],
    ['unanswered', broken('ECONNRESET')],
    ['unanswered', broken('EPIPE')],
    ['unanswered', new Error('anything else')],
    ['unreached', broken('ECONNREFUSED')],
    ['unreached', broken('ENOTFOUND')],
    ['unreached', broken('ETIMEDOUT', { syscall: 'connect' })],
    ['final', Object.assign(new Error('none'), { name: 'CredentialsProviderError' })],
  ])('%s: %s', (kind, error) => {
    expect(failureOf(error).kind).toBe(kind);
  });

  test('a client that repeated the request by itself is noticed', () => {
    const error = answered(412, 'PreconditionFailed', { $metadata: { httpStatusCode: 412, attempts: 2 } });
    expect(failureOf(error).repeated).toBe(true);
    expect(failureOf(answered(412, 'PreconditionFailed')).repeated).toBe(false);
  });
});

describe('an error says what to do', () => {
  const place = { bucket: 'my-bucket', timeoutMs: 500 };

  test.each([
    [answered(404, 'NoSuchBucket'), 'NOT_FOUND', /no bucket my-bucket: make it/],
    [answered(403, 'AccessDenied'), 'PERMISSION_DENIED', /allow s3:GetObject/],
    [answered(403, 'SignatureDoesNotMatch'), 'PERMISSION_DENIED', /correct secretAccessKey/],
    [answered(403, 'RequestTimeTooSkewed'), 'PERMISSION_DENIED', /clock/],
    [answered(400, 'EntityTooLarge'), 'TOO_LARGE', /this size/],
    [answered(301, 'PermanentRedirect'), 'INVALID_ARGUMENT', /region/],
    [answered(400, 'InvalidStorageClass'), 'INVALID_ARGUMENT', /storageClass/],
    [answered(501, 'NotImplemented'), 'UNSUPPORTED', /when-required/],
    [answered(503, 'SlowDown'), 'UNAVAILABLE', /503 SlowDown/],
    [answered(400, 'Whatever'), 'UNSUPPORTED', /did not understand/],
    [answered(403, 'Whatever'), 'PERMISSION_DENIED', /refuses/],
    [new Error('Region is missing'), 'INVALID_ARGUMENT', /AWS_REGION/],
    [new NoAnswer(), 'TIMEOUT', /500 ms/],
    [
      new Error('Checksum mismatch: expected "a" but received "b"'),
      'UNAVAILABLE',
      /not what was stored.*when-required/,
    ],
    [broken('ECONNREFUSED'), 'UNAVAILABLE', /cannot be reached: ECONNREFUSED/],
    [
      Object.assign(new Error('write EPROTO …:ssl3_get_record:wrong version number:…'), { code: 'EPROTO' }),
      'UNAVAILABLE',
      /^the server cannot be reached: .*an endpoint without it begins with http:\/\/$/,
    ],
  ])('%s', (error, code, message) => {
    expect(persistErrorOf(failureOf(error), place)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('and holds nothing that the client attached', () => {
    const error = answered(403, 'SignatureDoesNotMatch', { StringToSign: 's3cret', $response: { body: 's3cret' } });
    const { cause } = persistErrorOf(failureOf(error), place);
    expect(Object.keys(cause as object)).toEqual(['name']);
  });
});
