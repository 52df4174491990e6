import type { S3Client } from '@aws-sdk/client-s3';
import type { Health } from '@sandkeep/persist-api';
import type { S3Config } from './config.js';
import { probeServer } from './probe.js';
import type { ServerTraits } from './server-traits.js';
import type { Store } from './store.js';

/** Servers refuse signed requests from a quarter of an hour on. */
const suspectClockMs = 300_000;

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
  risks.push(...risksOf(traits), ...versioningRisks(traits));
  const clockDifferenceMs = await readClock(config.prefix, store);
  if (Math.abs(clockDifferenceMs ?? 0) > suspectClockMs) {
    risks.push(
      `The server's clock differs from this machine's by ${Math.round((clockDifferenceMs ?? 0) / 1000)} s: from 900 s on ` +
        'servers refuse requests. Have this machine set its clock by NTP.',
    );
  }
  const facts = {
    bucket: config.bucket,
    prefix: config.prefix,
    ...(config.endpoint === undefined ? {} : { endpoint: new URL(config.endpoint).origin }),
    conditions: traits.conditionalDelete ? 'of PUT and DELETE' : 'of PUT',
    etags: traits.quotedEtags ? 'quoted' : 'unquoted',
    removal: traits.conditionalDelete ? 'conditional DELETE' : 'tombstones',
    checksums: traits.checksums,
    versioned: traits.versioned,
    ...(clockDifferenceMs !== undefined && { clockDifferenceMs }),
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

function versioningRisks({ versioned }: ServerTraits): string[] {
  if (!versioned) return [];
  return [
    'The bucket keeps every version of every object, so it grows with each write: have a lifecycle rule remove ' +
      'noncurrent versions.',
  ];
}

/** How far the server's clock is ahead of this machine's, as exactly as the whole seconds tell that it gives. */
async function readClock(prefix: string, store: Store): Promise<number | undefined> {
  const below = `${prefix}.sandkeep/probe/`;
  const time = store.time();
  const sentAt = Date.now();
  const page = await store.read(time, (ms) =>
    store.bucket.list({ prefix: below, after: below, next: undefined }, time, ms),
  );
  if (page === undefined || page.now === 0) return undefined;
  const seconds = (page.now + 500 - (sentAt + Date.now()) / 2) / 1000;
  return Math.trunc(seconds) * 1000 + 0; // never -0
}
