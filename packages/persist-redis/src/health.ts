import { type Health, PersistError } from '@sandkeep/persist-api';
import type { Redis } from 'ioredis';
import type { ServerCalls } from './server-calls.js';
import { readServerInfo, type ServerInfo } from './server-info.js';

/** Locks are judged by the server's clock alone, so that more does no harm to them. */
const suspectClockMs = 5_000;

interface Backend {
  readonly calls: ServerCalls;
  readonly masters: readonly Redis[];
  readonly partitions: number;
  readonly minReplicas: number;
}

/** What the servers promise. @throws `UNAVAILABLE` if they do not answer */
export async function readHealth({ calls, masters, partitions, minReplicas }: Backend): Promise<Health> {
  if (masters.length === 0) throw new PersistError('UNAVAILABLE', 'no master of the Cluster is known');
  const infos = await Promise.all(masters.map((master) => readServerInfo(calls.on(master))));
  return healthOf(infos, partitions, minReplicas);
}

export function healthOf(infos: readonly ServerInfo[], partitions: number, minReplicas: number): Health {
  const risks = [...new Set(infos.flatMap((info) => risksOf(info, minReplicas)))];
  const all = (value: (info: ServerInfo) => string) => [...new Set(infos.map(value))].sort().join(', ');
  const clockDifferenceMs = widest(infos.map((info) => info.clockDifferenceMs));
  const facts = {
    server: all(({ product, version }) => `${product} ${version}`),
    masters: infos.length,
    replicas: infos.reduce((sum, { replicas }) => sum + replicas, 0),
    minReplicas,
    persistence: all(persistenceOf),
    evictionPolicy: all(({ evictionPolicy }) => evictionPolicy ?? 'unknown'),
    partitions,
    usedBytes: infos.reduce((sum, { usedBytes }) => sum + usedBytes, 0),
    maxBytes: all(({ maxBytes }) => (maxBytes === 0 ? 'no limit' : `${maxBytes}`)),
    ...(clockDifferenceMs !== undefined && { clockDifferenceMs }),
  };
  return { status: risks.length === 0 ? 'ok' : 'at-risk', facts, risks };
}

function widest(differences: readonly (number | undefined)[]): number | undefined {
  return differences.reduce((a, b) => (Math.abs(b ?? 0) > Math.abs(a ?? 0) ? b : a));
}

function persistenceOf({ appendOnly, appendFsync = 'unknown', snapshots = 'unknown' }: ServerInfo): string {
  if (appendOnly === undefined) return 'unknown';
  if (appendOnly) return `append-only file, fsync ${appendFsync}`;
  if (snapshots === 'unknown') return 'no append-only file';
  return snapshots === '' ? 'none' : `snapshots (${snapshots})`;
}

function risksOf(info: ServerInfo, minReplicas: number): string[] {
  const { appendOnly, appendFsync, snapshots, evictionPolicy, maxBytes, usedBytes, replicas } = info;
  const risks: string[] = [];
  if (info.role === 'slave')
    risks.push('The server is a replica: it takes no writes. Name the master, or its Sentinels.');
  if (appendOnly === undefined) {
    risks.push('The server does not tell whether it persists its data: make sure that appendonly is yes.');
  } else if (!appendOnly && snapshots === '') {
    risks.push('The server persists nothing: a restart loses every document. Set appendonly to yes.');
  } else if (!appendOnly) {
    risks.push(
      snapshots === undefined
        ? 'The server keeps no append-only file: a restart loses what was written since the latest snapshot, if it saves any. Set appendonly to yes.'
        : 'The server saves snapshots only: a restart loses what was written since the latest. Set appendonly to yes.',
    );
  } else if (appendFsync !== undefined && appendFsync !== 'always') {
    risks.push(
      `The server flushes its file ${appendFsync === 'everysec' ? 'once a second' : 'when the system likes'}: ` +
        "the machine's power loss loses what came last. Set appendfsync to always if that matters.",
    );
  }
  if (!info.persisting) risks.push('The server failed to write its data to disk: look at its log and its disk.');
  if (evicts(info)) {
    risks.push(
      `The server evicts keys when its memory is full (${evictionPolicy}): set maxmemory-policy to noeviction.`,
    );
  }
  if (maxBytes > 0 && usedBytes > 0.9 * maxBytes) {
    risks.push('The server uses more than 90 % of its maxmemory: writes will fail soon. Raise it.');
  }
  const { clockDifferenceMs = 0 } = info;
  if (Math.abs(clockDifferenceMs) > suspectClockMs) {
    risks.push(
      `The server's clock differs from this machine's by ${Math.round(clockDifferenceMs / 1000)} s: ages and times that ` +
        'are shown are wrong by as much. Have both set by NTP.',
    );
  }
  if (replicas < minReplicas) {
    risks.push(`The server has ${replicas} replicas, fewer than minReplicas (${minReplicas}): no write can succeed.`);
  }
  if (replicas > 0 && minReplicas === 0) {
    risks.push('A failover can lose writes that were acknowledged just before it. Set minReplicas if that matters.');
  }
  return risks;
}

/** Whether the server's policy lets it drop keys that it was asked to keep. */
export function evicts({ evictionPolicy }: ServerInfo): boolean {
  return evictionPolicy !== undefined && evictionPolicy !== 'noeviction';
}
