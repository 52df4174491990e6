import { NoAnswer } from './call-time.js';

/**
 * What a failed request says about its effect:
 *
 * - `precondition`: the server compared, and refused; no effect
 * - `lost-race`: another change got in between, as Ceph tells it; no effect
 * - `missing`: there is no such object; no effect
 * - `passing`: refused for a reason that passes in moments; no effect
 * - `unreached`: it never got to the server; no effect
 * - `final`: refused for good; no effect
 * - `doubtful`: the server gave up on it, perhaps after it took effect; it takes none later
 * - `unanswered`: it may have taken effect, or may still do so later
 */
export type FailureKind =
  | 'precondition'
  | 'lost-race'
  | 'missing'
  | 'passing'
  | 'unreached'
  | 'final'
  | 'doubtful'
  | 'unanswered';

/** A failed request. */
export interface Failure {
  readonly kind: FailureKind;
  /** The server's code for it, such as `NoSuchKey`; else that of the system or the client, such as `ECONNRESET`. */
  readonly code: string;
  /** The HTTP status; undefined if the server did not answer. */
  readonly status: number | undefined;
  readonly error: Error;
  /** Whether a client that was handed in sent the request more than once. */
  readonly repeated: boolean;
}

const unreached = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const passing = new Set([
  'ConditionalRequestConflict',
  'OperationAborted',
  'RequestTimeTooSkewed',
  'RequestTimeout',
  'SlowDown',
  'TooManyRequestsException',
]);

/** What the client threw, classified. */
export function failureOf(thrown: unknown): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const fields = error as {
    code?: unknown;
    Code?: unknown;
    syscall?: unknown;
    $metadata?: { httpStatusCode?: number; attempts?: number };
    $response?: { statusCode?: number };
  };
  const status = fields.$metadata?.httpStatusCode ?? fields.$response?.statusCode;
  const repeated = (fields.$metadata?.attempts ?? 1) > 1;
  if (status !== undefined)
    return { kind: ofAnswer(status, error.name, fields), code: error.name, status, error, repeated };
  const code = typeof fields.code === 'string' ? fields.code : error.name;
  return { kind: withoutAnswer(error, code, fields.syscall), code, status, error, repeated };
}

function ofAnswer(status: number, name: string, { Code }: { Code?: unknown }): FailureKind {
  if (passing.has(name)) return 'passing';
  if (status === 412) return 'precondition';
  if (status === 404 && (name === 'NoSuchKey' || name === 'NotFound')) return 'missing';
  if (status === 409 || status === 429) return 'passing';
  // Without a code of S3, a 503 comes from something in between, which may have passed the request on.
  if (status === 502 || status === 504 || (status === 503 && name !== 'ServiceUnavailable')) return 'unanswered';
  if (status === 500 && Code === 'UnknownError') return 'lost-race';
  if (status >= 500 && status !== 501 && status !== 505) return 'doubtful';
  return 'final';
}

function withoutAnswer(error: Error, code: string, syscall: unknown): FailureKind {
  if (error instanceof NoAnswer) return 'unanswered';
  if (unreached.has(code) || syscall === 'connect' || syscall === 'getaddrinfo') return 'unreached';
  // These come before anything is sent.
  if (error.name === 'CredentialsProviderError' || /region is missing/i.test(error.message)) return 'final';
  return 'unanswered';
}
