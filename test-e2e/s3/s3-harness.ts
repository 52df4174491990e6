import { randomBytes } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Damage, Harness } from '@sandkeep/persist-conformance';
import { openS3Driver, type S3Options } from '@sandkeep/persist-s3';
import { FaultProxy } from '../services/fault-proxy.js';
import { loseAnswers } from '../services/lose-answers.js';
import { dropBucket, freshBucket, plainClient } from '../services/s3-bucket.js';
import type { S3Access } from '../services/s3-service.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';

export interface S3HarnessOptions {
  readonly name: string;
  readonly access: S3Access;
  /** Keep each storage below a prefix of this bucket. @default a bucket for each */
  readonly bucket?: string;
}

/** The conformance suite's view of an S3 server. Its cases do not disturb each other: they may run at the same time. */
export function s3Harness({ name, access, bucket }: S3HarnessOptions): Harness<S3Options> {
  const proxies = new Map<S3Options, FaultProxy>();
  const { endpoint, region, accessKeyId, secretAccessKey } = access;
  const { hostname, port } = new URL(endpoint);
  return {
    name,
    create: async () => {
      const proxy = await FaultProxy.start(Number(port), hostname);
      const location: S3Options = {
        bucket: bucket ?? (await freshBucket(access)),
        ...(bucket === undefined ? {} : { prefix: `of/${randomBytes(8).toString('hex')}` }),
        endpoint: `http://127.0.0.1:${proxy.port}`,
        region,
        accessKeyId,
        secretAccessKey,
        commandTimeoutMs: 6_000,
        watchIntervalMs: 100,
      };
      proxies.set(location, proxy);
      return location;
    },
    open: (location) => openS3Driver(location),
    openPeer: (location) => openS3Driver(location),
    openInProcess: (location) => ({ module: new URL('workers/open.js', import.meta.url).href, config: location }),
    openMissing: (location) => openS3Driver({ ...location, bucket: `${location.bucket}-missing` }),
    openWithClient: async ({ bucket: name, prefix = '' }) => {
      const client = plainClient(access);
      const driver = await openS3Driver({ client, bucket: name, prefix });
      const ping = () => client.send(new PutObjectCommand({ Bucket: name, Key: `${prefix}/.sandkeep/ping`, Body: '' }));
      return { driver, ping, end: async () => client.destroy() };
    },
    corrupt: (location, key, damage) => corrupt(access, location, key, damage),
    dispose: async (location) => {
      if (bucket === undefined) await dropBucket(access, location.bucket);
      await proxies.get(location)?.close();
      proxies.delete(location);
    },
    loseAnswers: async (location, every) => loseAnswers(proxies.get(location) as FaultProxy, every),
    openUnconditional: async (location) => {
      const server = await ScriptedS3Server.start();
      server.script = ({ headers }) => {
        delete headers['if-none-match'];
        delete headers['if-match'];
        return undefined;
      };
      try {
        return await openS3Driver({ ...location, endpoint: server.endpoint });
      } finally {
        await server.close();
      }
    },
    disturbances: (location) => [
      { name: 'a cut connection', seamless: true, act: async () => proxies.get(location)?.cut() },
    ],
    secrets: () => [secretAccessKey],
    failStorage: async (location) => {
      const proxy = proxies.get(location) as FaultProxy;
      proxy.refusing = true;
      proxy.cut();
      return async () => {
        proxy.refusing = false;
      };
    },
  };
}

async function corrupt(access: S3Access, location: S3Options, key: string, damage: Damage): Promise<void> {
  const client = plainClient(access);
  const object = { Bucket: location.bucket, Key: `${location.prefix ? `${location.prefix}/` : ''}${key}` };
  try {
    const { Body } = await client.send(new GetObjectCommand(object));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    await client.send(new PutObjectCommand({ ...object, Body: damaged(bytes, damage) }));
  } finally {
    client.destroy();
  }
}

function damaged(bytes: Uint8Array, damage: Damage): Uint8Array {
  switch (damage) {
    case 'empty':
      return new Uint8Array();
    case 'truncated':
      return bytes.subarray(0, bytes.length >> 1);
    case 'zeroed':
      return new Uint8Array(bytes.length);
    case 'bit-flipped': {
      const flipped = new Uint8Array(bytes);
      flipped[bytes.length - 1] = (flipped[bytes.length - 1] ?? 0) ^ 1;
      return flipped;
    }
  }
}
