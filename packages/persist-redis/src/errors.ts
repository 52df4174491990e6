import { PersistError, type PersistErrorCode } from '@sandkeep/persist-api';
import { ReplyError } from 'ioredis';
import { connectionTrouble } from './connection-trouble.js';

interface Meaning {
  readonly code: PersistErrorCode;
  readonly retryable: boolean;
  /** The state passes by itself in moments: worth another try within the call's time. */
  readonly passing: boolean;
  readonly explanation: string;
}

const passing = (explanation: string): Meaning => ({
  code: 'UNAVAILABLE',
  retryable: true,
  passing: true,
  explanation,
});
const unavailable = (explanation: string): Meaning => ({ ...passing(explanation), passing: false });
const final = (code: PersistErrorCode, explanation: string): Meaning => ({
  code,
  retryable: false,
  passing: false,
  explanation,
});

/** What the first word of a server's error means. */
const meanings: Readonly<Record<string, Meaning>> = {
  LOADING: passing('the server is still loading its data'),
  BUSY: passing('the server is busy with a script of somebody else'),
  READONLY: passing('the server is a replica, as after a failover'),
  MASTERDOWN: passing('the server is a replica that has lost its master'),
  CLUSTERDOWN: passing('the Cluster is incomplete'),
  TRYAGAIN: passing('the Cluster is moving the key'),
  NOREPLICAS: unavailable('the server has fewer replicas than its min-replicas-to-write asks for'),
  MISCONF: unavailable('the server cannot persist and therefore refuses writes'),
  OOM: unavailable('the server has no memory left (maxmemory)'),
  MOVED: final('UNSUPPORTED', 'the server belongs to a Cluster: use redis+cluster://'),
  ASK: final('UNSUPPORTED', 'the server belongs to a Cluster: use redis+cluster://'),
  CROSSSLOT: final('UNSUPPORTED', 'the keys do not share a slot: is the key prefix of the client free of braces?'),
  NOAUTH: final('PERMISSION_DENIED', 'the server asks for a password'),
  WRONGPASS: final('PERMISSION_DENIED', 'the server refuses the user name and password'),
  NOPERM: final('PERMISSION_DENIED', 'the user may not do this'),
  DENIED: final('PERMISSION_DENIED', 'the server is in protected mode'),
  WRONGTYPE: final('CORRUPT', 'a key of this store holds something else'),
};

const phrases: readonly (readonly [RegExp, Meaning])[] = [
  [/^ERR invalid password/i, final('PERMISSION_DENIED', 'the server refuses the user name and password')],
  [/cluster support disabled/i, final('UNSUPPORTED', 'the server is no Cluster: use redis://')],
  [/DB index is out of range/i, final('INVALID_ARGUMENT', 'the server has no such database')],
  [/^ERR SELECT is not allowed in cluster mode/i, final('INVALID_ARGUMENT', 'a Cluster has database 0 only')],
  [/^ERR The user executing the script can't/i, final('PERMISSION_DENIED', 'the user may not do this')],
  [/^ERR max number of clients/i, unavailable('the server takes no more clients')],
  [/^ERR unknown command/i, final('UNSUPPORTED', 'the server does not know a command that this driver needs')],
];

/** How Redis 6 wraps the error of a command in a script. */
const errorInScript = /^ERR Error running script .*: -([A-Z]+) /;

function wordOf({ message }: Error): string | undefined {
  return (errorInScript.exec(message) ?? /^([A-Z]+)\b/.exec(message))?.[1];
}

function meaningOf(error: Error): Meaning {
  const { message } = error;
  const word = wordOf(error);
  const known = word === undefined ? undefined : meanings[word];
  return known ?? phrases.find(([phrase]) => phrase.test(message))?.[1] ?? unavailable('the server answered an error');
}

/** Whether `error` is the server's own answer, and so the command had no effect. */
export function isServerAnswer(error: unknown): error is Error {
  return error instanceof ReplyError;
}

/** Whether the same command may well succeed within moments. */
export function isPassing(error: unknown): boolean {
  return isServerAnswer(error) ? meaningOf(error).passing || isUnknownScript(error) : true;
}

/** Whether a replica answered, which a connection that was made to a master leads to after a failover. */
export function isFromReplica(error: Error): boolean {
  return wordOf(error) === 'READONLY';
}

/** Whether the server refused the login of the connection that a command waited for. */
export function isRefusedLogin(error: unknown): boolean {
  return isServerAnswer(error) && /^(WRONGPASS|ERR invalid password)/i.test(error.message);
}

export function isUnknownScript(error: unknown): boolean {
  return isServerAnswer(error) && error.message.startsWith('NOSCRIPT');
}

/** The server's answer as a PersistError. */
export function serverError(error: Error): PersistError {
  const { code, retryable, explanation } = meaningOf(error);
  return new PersistError(code, `${explanation} (${describe(error)})`, { retryable, cause: plainError(error) });
}

/** A failure of a connection, with TLS or not, as a PersistError. Undefined: none is known. */
export function connectionError(error: Error | undefined, tls: boolean): PersistError {
  if (error === undefined) return new PersistError('UNAVAILABLE', 'there is no connection to the server');
  const { lastNodeError } = error as { lastNodeError?: Error | null };
  if (lastNodeError) return connectionError(nodeError(lastNodeError), tls);
  if (isServerAnswer(error)) return serverError(error);
  const trouble = connectionTrouble(describe(error), tls);
  return new PersistError('UNAVAILABLE', `there is no connection to the server: ${trouble}`, {
    cause: plainError(error),
  });
}

/** Why the node failed that the client of a Cluster asked last. It does not say why a connection could not be made. */
function nodeError(error: Error): Error {
  return error.message === 'Connection is closed.'
    ? new Error('none to a node of the Cluster could be made; are its hosts, ports and TLS right?')
    : error;
}

/** A copy without what ioredis attaches: a command's arguments can hold the password, or the document. */
function plainError(error: Error): Error {
  const plain = new Error(describe(error));
  plain.name = error.name;
  return plain;
}

/** What it says, without the arguments of a command that the server does not know: those of AUTH are the password. */
function describe(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (error.message !== '') return error.message.replace(/, with args beginning with: .*/s, '');
  return code ?? error.name;
}
