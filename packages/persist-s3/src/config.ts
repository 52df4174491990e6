import type { S3Client } from '@aws-sdk/client-s3';
import { PersistError } from '@sandkeep/persist-api';
import { z } from 'zod';

const client = z.custom<S3Client>(
  (value) => typeof value === 'object' && value !== null && 'send' in value && 'middlewareStack' in value,
  'expected an S3Client of @aws-sdk/client-s3',
);

const fields = z.strictObject({
  /** The bucket, which must exist. */
  bucket: z
    .string()
    .regex(/^(?:arn:[A-Za-z0-9:/_-]{1,200}|[A-Za-z0-9][A-Za-z0-9._-]{1,254})$/, 'expected the name of a bucket'),
  /** What the keys of this store's objects begin with: several stores share a bucket. @default '' */
  prefix: z
    .string()
    .max(100)
    .regex(
      /^(?:[A-Za-z0-9_=-][A-Za-z0-9_.=-]*(?:\/[A-Za-z0-9_=-][A-Za-z0-9_.=-]*)*\/?)?$/,
      'expected segments of [A-Za-z0-9_.=-], joined by "/", none of which begins with a dot',
    )
    .transform((prefix) => (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`))
    .default(''),
  /** The bucket's region. @default what the SDK finds: AWS_REGION, the profile; us-east-1 with an endpoint of your own */
  region: z.string().min(1).optional(),
  /** The server's URL. @default that of AWS for the region */
  endpoint: z.url({ protocol: /^https?$/, message: 'expected an http or https URL' }).optional(),
  /** Name the bucket in the path, not in the host's name. @default true with an endpoint, else false */
  pathStyle: z.boolean().optional(),
  /** The id of an access key. @default what the SDK's chain finds: the environment, profiles, SSO, web identity, container and instance roles */
  accessKeyId: z.string().min(1).optional(),
  /** The secret of that access key. */
  secretAccessKey: z.string().min(1).optional(),
  /** The token that goes with temporary keys. */
  sessionToken: z.string().min(1).optional(),
  /** A profile of the AWS configuration files. */
  profile: z.string().min(1).optional(),
  /** Connections at most. @default 50 */
  maxSockets: z.number().int().min(1).max(10_000).optional(),
  /**
   * Whether requests carry, and responses are checked against, checksums beyond what the signature covers; some
   * servers know none. @default 'when-supported'
   */
  checksums: z.enum(['when-supported', 'when-required']).optional(),
  /** A client that the caller made, and destroys. */
  client: client.optional(),

  /** The account that must own the bucket. */
  expectedBucketOwner: z
    .string()
    .regex(/^\d{12}$/, 'expected an account number of 12 digits')
    .optional(),
  /** How the server encrypts objects. @default what the bucket says */
  encryption: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']).optional(),
  /** The KMS key, with `encryption: 'aws:kms'` or `'aws:kms:dsse'`. @default that of the bucket, or of the account */
  kmsKeyId: z.string().min(1).optional(),
  /** The storage class of documents. @default the server's, STANDARD */
  storageClass: z
    .string()
    .regex(/^[A-Z_]+$/, 'expected a storage class such as STANDARD or INTELLIGENT_TIERING')
    .optional(),

  /** No call takes longer, whatever the server does: it fails then. In milliseconds. */
  commandTimeoutMs: z.number().int().min(100).max(600_000).default(20_000),
  /**
   * When to find out what the server honours: `always`, at each opening; `remembered`, once a day, and
   * kept in an object of the bucket; `never`, only right for AWS.
   */
  probe: z.enum(['always', 'remembered', 'never']).default('always'),
  /** How long a removed document leaves its tombstone, on servers without conditional DELETE. */
  sweepAfterSeconds: z.number().int().min(0).max(31_536_000).default(3_600),
  /** How often a watch lists what it watches: one request for each 1,000 documents. In milliseconds. */
  watchIntervalMs: z.number().int().min(50).max(3_600_000).default(5_000),
});

const ofOurClient = [
  'region',
  'endpoint',
  'pathStyle',
  'accessKeyId',
  'secretAccessKey',
  'sessionToken',
  'profile',
  'maxSockets',
  'checksums',
] as const;

/** The configuration of the S3 driver. */
export const s3ConfigSchema = fields.superRefine((config, context) => {
  const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if ((config.accessKeyId === undefined) !== (config.secretAccessKey === undefined)) {
    problem('secretAccessKey', 'accessKeyId and secretAccessKey go together');
  }
  if (config.sessionToken !== undefined && config.accessKeyId === undefined) {
    problem('sessionToken', 'goes with accessKeyId and secretAccessKey');
  }
  if (config.profile !== undefined && config.accessKeyId !== undefined)
    problem('profile', 'cannot go with accessKeyId');
  if (config.kmsKeyId !== undefined && !config.encryption?.startsWith('aws:kms')) {
    problem('kmsKeyId', "goes with encryption 'aws:kms' or 'aws:kms:dsse'");
  }
  if (config.bucket.endsWith('--x-s3')) {
    problem('bucket', 'is a directory bucket, which does not list in order: expected a general purpose bucket');
  }
  if (config.client === undefined) return;
  for (const field of ofOurClient) {
    if (config[field] !== undefined) problem(field, 'is a matter of the client that was handed in');
  }
});

/** The configuration, checked and complete. */
export type S3Config = z.output<typeof s3ConfigSchema>;
/** The configuration as a caller writes it. */
export type S3Options = z.input<typeof s3ConfigSchema>;

/** @throws `INVALID_ARGUMENT` that names each option that is not valid */
export function parseOptions(options: S3Options): S3Config {
  const parsed = s3ConfigSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new PersistError('INVALID_ARGUMENT', `the options of the s3 driver are not valid: ${problems.join('; ')}`);
}
