import type { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { Bucket } from './bucket.js';
import { CallTime } from './call-time.js';
import type { S3Config } from './config.js';
import { probeServer } from './probe.js';
import { awsTraits, type ServerTraits, serverTraitsSchema } from './server-traits.js';

/** For how long the result of a probe is remembered. */
const rememberedMs = 24 * 60 * 60 * 1000;

const memorySchema = z.object({ probedAt: z.number(), traits: serverTraitsSchema });

/** What the server honours: found out, remembered, or assumed, as the configuration says. */
export async function findTraits(client: S3Client, config: S3Config): Promise<ServerTraits> {
  if (config.probe === 'never') return awsTraits;
  if (config.probe === 'always') return probeServer(client, config);
  const bucket = new Bucket(client, config, true);
  const key = `${config.prefix}.sandkeep/server`;
  const time = new CallTime(config.commandTimeoutMs, undefined);
  const remembered = await recall(bucket, key, time);
  if (remembered !== undefined) return remembered;
  const traits = await probeServer(client, config);
  const body = Buffer.from(JSON.stringify({ probedAt: Date.now(), traits }));
  // Whoever cannot remember probes again next time.
  await bucket.put({ key, body, condition: undefined }, time, Math.max(time.left, 1_000)).catch(() => {});
  return traits;
}

async function recall(bucket: Bucket, key: string, time: CallTime): Promise<ServerTraits | undefined> {
  try {
    const { bytes } = await bucket.get(key, time, time.left / 2);
    const { probedAt, traits } = memorySchema.parse(JSON.parse(bytes.toString()));
    return Math.abs(Date.now() - probedAt) < rememberedMs ? traits : undefined;
  } catch {
    return undefined;
  }
}
