import { isPersistError } from '@sandkeep/persist-api';
import type { ServerCalls } from './server-calls.js';

/** What one server says of itself. Undefined: it does not tell this user. */
export interface ServerInfo {
  readonly product: string;
  readonly version: string;
  readonly role: string;
  readonly clustered: boolean;
  readonly replicas: number;
  readonly appendOnly: boolean | undefined;
  /** `always`, `everysec` or `no`. */
  readonly appendFsync: string | undefined;
  /** When snapshots are saved, as in redis.conf; empty: never. */
  readonly snapshots: string | undefined;
  readonly evictionPolicy: string | undefined;
  readonly usedBytes: number;
  /** 0: no limit. */
  readonly maxBytes: number;
  /** Whether the latest attempts to write the append-only file and a snapshot succeeded. */
  readonly persisting: boolean;
  /** How far the server's clock is ahead of this machine's, in milliseconds. */
  readonly clockDifferenceMs: number | undefined;
}

export async function readServerInfo(calls: ServerCalls): Promise<ServerInfo> {
  const [info, config, clockDifferenceMs] = await Promise.all([readInfo(calls), readConfig(calls), readClock(calls)]);
  const flag = (name: string) => (info.has(name) ? info.get(name) === '1' : undefined);
  return {
    product: info.get('server_name') ?? 'redis',
    version: info.get('valkey_version') ?? info.get('redis_version') ?? 'unknown',
    role: info.get('role') ?? 'unknown',
    clustered: info.get('cluster_enabled') === '1',
    replicas: Number(info.get('connected_slaves') ?? 0),
    appendOnly: flag('aof_enabled'),
    appendFsync: config.get('appendfsync'),
    snapshots: config.get('save'),
    evictionPolicy: info.get('maxmemory_policy') ?? config.get('maxmemory-policy'),
    usedBytes: Number(info.get('used_memory') ?? 0),
    maxBytes: Number(info.get('maxmemory') ?? 0),
    persisting: info.get('aof_last_write_status') !== 'err' && info.get('rdb_last_bgsave_status') !== 'err',
    clockDifferenceMs,
  };
}

/** Compared with the middle of the call. */
async function readClock(calls: ServerCalls): Promise<number | undefined> {
  const sentAt = Date.now();
  const answer = await ifAllowed(calls.read('time', [], 'utf8'));
  const [seconds, microseconds] = Array.isArray(answer) ? answer.map(Number) : [];
  if (seconds === undefined || microseconds === undefined) return undefined;
  return Math.round(seconds * 1000 + microseconds / 1000 - (sentAt + Date.now()) / 2) + 0; // never -0
}

async function readInfo(calls: ServerCalls): Promise<Map<string, string>> {
  const text = await ifAllowed(calls.read('info', [], 'utf8'));
  return new Map(
    String(text ?? '')
      .split('\r\n')
      .map((line) => line.split(':', 2))
      .filter((parts): parts is [string, string] => parts.length === 2),
  );
}

/** Managed servers often have no CONFIG. */
async function readConfig(calls: ServerCalls): Promise<Map<string, string>> {
  const parameters = ['appendfsync', 'save', 'maxmemory-policy'];
  const pairs = await Promise.all(
    parameters.map(async (parameter) => {
      const answer = await ifAllowed(calls.read('config', ['get', parameter], 'utf8'));
      return Array.isArray(answer) && answer.length >= 2 ? [[parameter, String(answer[1])] as const] : [];
    }),
  );
  return new Map(pairs.flat());
}

async function ifAllowed(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (isPersistError(error, 'PERMISSION_DENIED') || isPersistError(error, 'UNSUPPORTED')) return undefined;
    throw error;
  }
}
