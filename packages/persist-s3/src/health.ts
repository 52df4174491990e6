import type { S3Client } from '@aws-sdk/client-s3';
import type { Health } from '@sandkeep/persist-api';
import type { S3Config } from './config.js';
import { probeServer } from './probe.js';
import type { ServerTraits } from './server-traits.js';
import type { Store } from './store.js';

/**
 * What the server honours now: probes it again, unless the configuration forbids that.
 * @throws as the probe, if the server cannot be used
 */
export async function readHealth(client: S3Client, config: S3Config, store: Store): Promise<Health> {
  const { traits } = store;
  const risks: string[] = [];
  if (config.probe === 'never') {
    await store.peek(`${config.prefix}.sandkeep/probe`, store.time());
    risks.push("With probe: 'never' nobody has seen that the server honours conditions: probe all but AWS.");
  } else {
    const now = await probeServer(client, config);
    if (now.quotedEtags !== traits.quotedEtags || now.conditionalDelete !== traits.conditionalDelete) {
      risks.push('The server honours other conditions than when the driver was opened: open it again.');
    }
  }
  risks.push(...risksOf(traits));
  const facts = {
    bucket: config.bucket,
    prefix: config.prefix,
    ...(config.endpoint === undefined ? {} : { endpoint: new URL(config.endpoint).origin }),
    etags: traits.quotedEtags ? 'quoted' : 'unquoted',
    removal: traits.conditionalDelete ? 'conditional DELETE' : 'tombstones',
    checksums: traits.checksums,
    versioned: traits.versioned,
  };
  return { status: risks.length === 0 ? 'ok' : 'at-risk', facts, risks };
}

/** What is to be said at once. */
export function risksOf({ refusesExpired }: ServerTraits): string[] {
  if (refusesExpired) return [];
  return [
    'The server honours neither If-Match on DELETE nor the end of a presigned request: removed documents leave an ' +
      'object of 21 bytes for ever, which makes listings slower. Use a server that does.',
  ];
}
