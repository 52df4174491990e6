import { PersistError } from '@sandkeep/persist-api';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';

const port = z.number().int().min(1).max(65_535);
const node = z.strictObject({ host: z.string().min(1), port: port.default(6379) });
const sentinelNode = z.strictObject({ host: z.string().min(1), port: port.default(26_379) });

const client = z.custom<Redis | Cluster>(
  (value) => typeof value === 'object' && value !== null && 'sendCommand' in value && 'duplicate' in value,
  'expected a Redis or Cluster of ioredis',
);

const fields = z.strictObject({
  /** The server. @default 'localhost' */
  host: z.string().min(1).optional(),
  /** The server's port. @default 6379 */
  port: port.optional(),
  /** The Sentinels, with `master`. */
  sentinels: z.array(sentinelNode).min(1).optional(),
  /** What the Sentinels call the master. */
  master: z.string().min(1).optional(),
  /** Some nodes of a Cluster, from which it finds the others. */
  cluster: z.array(node).min(1).optional(),
  /** A client that the caller made, and closes. */
  client: client.optional(),

  /** The user of the server's ACL. @default 'default' */
  username: z.string().optional(),
  /** The user's password. */
  password: z.string().optional(),
  /** The user of the Sentinels, where they have one of their own. */
  sentinelUsername: z.string().optional(),
  /** That user's password. */
  sentinelPassword: z.string().optional(),
  /** The number of the database; not with a Cluster. @default 0 */
  database: z.number().int().min(0).optional(),
  /** Connect with TLS, as `rediss:` URLs do. @default false */
  tls: z.boolean().optional(),
  /** Certificates of the authorities to trust: the path of a PEM file. @default what Node trusts */
  caFile: z.string().min(1).optional(),
  /** The client's certificate: the path of a PEM file. */
  certFile: z.string().min(1).optional(),
  /** The client's private key: the path of a PEM file. */
  keyFile: z.string().min(1).optional(),

  /** What every key of this store begins with: several stores share a server. */
  namespace: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/, 'expected 1 to 64 of [A-Za-z0-9_.:-], first a letter or digit')
    .default('sandkeep'),
  /** No call takes longer, whatever the server does: it fails then. In milliseconds. */
  commandTimeoutMs: z.number().int().min(100).max(60_000).default(5_000),
  /** How many replicas a write must have reached before it counts as done. */
  minReplicas: z.number().int().min(0).max(10).default(0),
  /** Use a server that may evict documents when its memory is full. */
  allowEviction: z.boolean().default(false),
});

const connectionFields = ['host', 'sentinels', 'cluster', 'client'] as const;

const ofOurClient = [
  'username',
  'password',
  'sentinelUsername',
  'sentinelPassword',
  'database',
  'tls',
  'caFile',
  'certFile',
  'keyFile',
] as const;

/** The configuration of the Redis driver. */
export const redisConfigSchema = fields.superRefine((config, context) => {
  type Field = keyof typeof config;
  const firstGiven = (...names: Field[]) => names.find((name) => config[name] !== undefined);
  const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  const given = connectionFields.filter((field) => config[field] !== undefined);
  if (given.length > 1) problem(given[1] ?? '', `cannot go with ${given[0]}`);
  if (config.port !== undefined && given.length > 0 && given[0] !== 'host') {
    problem('port', `cannot go with ${given[0]}`);
  }
  if ((config.sentinels === undefined) !== (config.master === undefined)) {
    problem('master', 'sentinels and master go together');
  }
  if (config.cluster !== undefined && (config.database ?? 0) !== 0) {
    problem('database', 'a Cluster has database 0 only');
  }
  if ((config.certFile === undefined) !== (config.keyFile === undefined)) {
    problem('keyFile', 'certFile and keyFile go together');
  }
  if (config.client !== undefined) {
    for (const field of ofOurClient) {
      if (config[field] !== undefined) problem(field, 'is a matter of the client that was handed in');
    }
    return;
  }
  const file = firstGiven('caFile', 'certFile', 'keyFile');
  if (file !== undefined && !config.tls) problem(file, 'is for TLS only: expected tls: true, or a rediss:// URL');
  const sentinelUser = firstGiven('sentinelUsername', 'sentinelPassword');
  if (sentinelUser !== undefined && config.sentinels === undefined) problem(sentinelUser, 'is for sentinels only');
});

/** The configuration, checked and complete. */
export type RedisConfig = z.output<typeof redisConfigSchema>;
/** The configuration as a caller writes it. */
export type RedisOptions = z.input<typeof redisConfigSchema>;

/** @throws `INVALID_ARGUMENT` that names each option that is not valid */
export function parseOptions(options: RedisOptions): RedisConfig {
  const parsed = redisConfigSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new PersistError('INVALID_ARGUMENT', `the options of the redis driver are not valid: ${problems.join('; ')}`);
}
