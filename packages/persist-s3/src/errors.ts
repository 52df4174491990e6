import { PersistError, type PersistErrorCode } from '@sandkeep/persist-api';
import { NoAnswer } from './call-time.js';
import type { Failure } from './failure.js';

/** What the messages name. */
export interface Place {
  readonly bucket: string;
  readonly timeoutMs: number;
}

type Meaning = readonly [code: PersistErrorCode, explanation: string];

/** What the server's codes mean, and what to do about them. */
const meanings: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: ['NOT_FOUND', 'there is no bucket $bucket: make it, or correct the name, region or endpoint'],
  AccessDenied: [
    'PERMISSION_DENIED',
    'the credentials may not do this in bucket $bucket: allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket',
  ],
  AllAccessDisabled: ['PERMISSION_DENIED', 'all access to bucket $bucket is disabled'],
  AccountProblem: ['PERMISSION_DENIED', "there is a problem with the account: see the server's message"],
  InvalidAccessKeyId: ['PERMISSION_DENIED', 'the server does not know the access key: correct accessKeyId'],
  SignatureDoesNotMatch: [
    'PERMISSION_DENIED',
    'the secret access key is wrong, or a proxy changes requests: correct secretAccessKey',
  ],
  ExpiredToken: ['PERMISSION_DENIED', 'the session token has expired: get new credentials'],
  InvalidToken: ['PERMISSION_DENIED', 'the session token is not valid: get new credentials'],
  CredentialsProviderError: [
    'PERMISSION_DENIED',
    'no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or accessKeyId and secretAccessKey',
  ],
  RequestTimeTooSkewed: ['PERMISSION_DENIED', "this machine's clock is too far from the server's: set it"],
  'KMS.DisabledException': ['PERMISSION_DENIED', 'the KMS key is disabled: enable it, or set another kmsKeyId'],
  'KMS.NotFoundException': ['PERMISSION_DENIED', 'there is no such KMS key: correct kmsKeyId'],
  PermanentRedirect: ['INVALID_ARGUMENT', 'bucket $bucket is in another region: correct region or endpoint'],
  AuthorizationHeaderMalformed: ['INVALID_ARGUMENT', 'the server expects another region: correct region'],
  IllegalLocationConstraintException: ['INVALID_ARGUMENT', 'bucket $bucket is in another region: correct region'],
  InvalidBucketName: ['INVALID_ARGUMENT', 'the server takes no bucket of the name $bucket'],
  InvalidStorageClass: ['INVALID_ARGUMENT', 'the server does not know the storage class: correct storageClass'],
  EntityTooLarge: ['TOO_LARGE', 'the server takes no object of this size'],
  KeyTooLongError: ['INVALID_ARGUMENT', 'the server takes no key of this length: use a shorter prefix'],
  BadDigest: ['UNAVAILABLE', 'the document was damaged on its way to the server, and refused'],
  XAmzContentSHA256Mismatch: ['UNAVAILABLE', 'the document was damaged on its way to the server, and refused'],
  InvalidObjectState: ['UNAVAILABLE', 'the object is archived: restore it, and keep lifecycle rules off the prefix'],
  QuotaExceeded: ['UNAVAILABLE', 'the quota is used up: raise it, or remove documents'],
  NotImplemented: [
    'UNSUPPORTED',
    "the server does not implement what this driver needs (perhaps checksums: 'when-required' helps)",
  ],
};

/** The failure of a request as a PersistError. It holds nothing of the request. */
export function persistErrorOf(failure: Failure, { bucket, timeoutMs }: Place): PersistError {
  const { code, status, error } = failure;
  const cause = plainError(failure);
  if (error instanceof NoAnswer) {
    return new PersistError('TIMEOUT', `the server did not answer within ${timeoutMs} ms`, { cause });
  }
  if (/region is missing/i.test(error.message)) {
    return new PersistError('INVALID_ARGUMENT', 'no region is known: set region, or AWS_REGION', { cause });
  }
  const said = describe(failure);
  const known = meanings[code];
  if (known !== undefined) {
    return new PersistError(known[0], `${known[1].replace('$bucket', bucket)} (${said})`, { cause });
  }
  if (/^(Error: )?Checksum mismatch/.test(error.message)) {
    const hint = "if that goes on, the server's checksums cannot be relied upon: set checksums: 'when-required'";
    return new PersistError('UNAVAILABLE', `what arrived is not what was stored (${said}); ${hint}`, { cause });
  }
  if (/wrong version number|packet length too long/.test(error.message)) {
    const hint = 'what answers does not speak TLS: an endpoint without it begins with http://';
    return new PersistError('UNAVAILABLE', `the server cannot be reached: ${hint}`, { cause });
  }
  if (status === undefined) return new PersistError('UNAVAILABLE', `the server cannot be reached: ${said}`, { cause });
  if (status === 401 || status === 403) {
    return new PersistError('PERMISSION_DENIED', `the server refuses the request (${said})`, { cause });
  }
  if (status === 413)
    return new PersistError('TOO_LARGE', `the server takes no object of this size (${said})`, { cause });
  if (status >= 300 && status < 500 && failure.kind === 'final') {
    return new PersistError('UNSUPPORTED', `the server did not understand the request (${said})`, { cause });
  }
  return new PersistError('UNAVAILABLE', `the server cannot serve the request now (${said})`, { cause });
}

/** The outcome of a change cannot be found out. @param cause why, if that is known */
export function outcomeUnknown(reason: string, cause?: PersistError): PersistError {
  const because = cause === undefined ? '' : `: ${cause.message}`;
  return new PersistError('OUTCOME_UNKNOWN', `the server may or may not have applied it (${reason})${because}`, {
    cause,
  });
}

function describe({ code, status, error }: Failure): string {
  const message = (error.message.split('\n')[0] ?? '').slice(0, 200);
  const name = message === '' || message === code || message === 'UnknownError' ? code : `${code}: ${message}`;
  return status === undefined ? name : `${status} ${name}`;
}

/** A copy without what the SDK attaches, which can hold the access key and the request. */
function plainError(failure: Failure): Error {
  const plain = new Error(describe(failure));
  plain.name = failure.error.name;
  return plain;
}
