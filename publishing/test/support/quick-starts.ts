import { join } from 'node:path';
import { codeBlocks } from '../../../test-e2e/docs/code-blocks.js';
import type { RedisService } from '../../../test-e2e/services/redis-service.js';
import type { S3Access } from '../../../test-e2e/services/s3-service.js';
import { busyboxImage } from '../../../test-e2e/storage/busybox-image.js';

/** The servers that quick starts talk to. */
export interface Servers {
  readonly redis: RedisService;
  readonly s3: S3Access;
  /** An empty one on `s3`. */
  readonly bucket: string;
}

/** The quick start of a package's README, as a user follows it. */
export interface QuickStart {
  readonly folder: string;
  readonly prints: string | RegExp;
  /** Whether it is TypeScript as well. @default true */
  readonly types?: boolean;
  /** Puts the addresses of the test's servers in place of those that are printed. */
  readonly adapt?: (code: string, servers: Servers) => string;
  /** Makes what the README takes for granted, in the directory in which the quick start runs. */
  readonly prepare?: (directory: string) => Promise<unknown>;
  /** How a `sandkeep.config.json` and a URL name the driver, if the package is one. */
  readonly configuration?: (servers: Servers, directory: string) => { readonly file: object; readonly url: string };
}

export const quickStarts: readonly QuickStart[] = [
  { folder: 'persist-api', prints: 'running 1\n' },
  {
    folder: 'persist-fs',
    prints: "{ state: 'running' }\n",
    configuration: (_, directory) => ({
      file: { driver: 'fs', root: './by-file', create: true },
      url: `file://${directory}/by-url?create=true`,
    }),
  },
  {
    folder: 'persist-lmdb',
    prints: "{ state: 'running' }\n",
    configuration: (_, directory) => ({
      file: { driver: 'lmdb', root: './by-file', create: true },
      url: `lmdb://${directory}/by-url?create=true`,
    }),
  },
  {
    folder: 'persist-redis',
    prints: "{ state: 'running' }\n",
    adapt: (code, { redis }) => {
      const { hostname, port } = new URL(redis.url);
      return replace(code, "host: 'localhost'", `host: '${hostname}', port: ${port}`);
    },
    configuration: ({ redis }) => {
      const { hostname, port } = new URL(redis.url);
      return { file: { driver: 'redis', host: hostname, port: Number(port) }, url: redis.url };
    },
  },
  {
    folder: 'persist-s3',
    prints: "{ state: 'running' }\n",
    adapt: (code, { s3, bucket }) => {
      const options = `bucket: '${bucket}', prefix: 'supervisors', ...${JSON.stringify(accessOf(s3))}`;
      return replace(code, "bucket: 'my-state', prefix: 'supervisors', region: 'eu-central-1'", options);
    },
    configuration: ({ s3, bucket }) => ({
      file: { driver: 's3', bucket, ...accessOf(s3) },
      url: `s3://${bucket}/by-url?${new URLSearchParams(accessOf(s3))}`,
    }),
  },
  { folder: 'persist-conformance', prints: /^A1 passed .*^D33 passed .*failed: 0,/ms, types: false },
  { folder: 'persist-kata', prints: "web 4242 [ 'app' ]\nweb written\nweb written\n" },
  {
    folder: 'persist-storage',
    prints: "[ 'bin' ]\n",
    prepare: (directory) => busyboxImage(join(directory, 'busybox')),
  },
];

/** What the README of a package has one install. */
export function installOf(folder: string): string[] {
  const lines = codeBlocks(`packages/${folder}/README.md`).flatMap(({ code }) => code.split('\n'));
  const installs = lines.map((line) => /^(?:\$ )?npm install (?:--save-dev )?(.*?)(?: *#.*)?$/.exec(line)?.[1] ?? '');
  const packages = installs.join(' ').split(' ').filter(Boolean);
  if (packages.length === 0) throw new Error(`packages/${folder}/README.md does not say how to install it`);
  return packages;
}

/**
 * The files of a package's quick start, against the servers of the test: those that its README names in the first
 * line of a block (`// harness.js`), and as `quick-start.js` the first block without a name.
 */
export function filesOf({ folder, adapt = (code) => code }: QuickStart, servers: Servers): Map<string, string> {
  const files = new Map<string, string>();
  for (const { language, code } of codeBlocks(`packages/${folder}/README.md`)) {
    if (language !== 'js') continue;
    const [, name = 'quick-start.js'] = /^\/\/ ([\w.-]+\.m?js)\b/.exec(code) ?? [];
    if (!files.has(name)) files.set(name, adapt(code, servers));
  }
  return files;
}

function accessOf({ endpoint, region, accessKeyId, secretAccessKey }: S3Access) {
  return { endpoint, region, accessKeyId, secretAccessKey };
}

function replace(code: string, printed: string, actual: string): string {
  if (!code.includes(printed)) throw new Error(`the code does not say ${printed}`);
  return code.replace(printed, actual);
}
