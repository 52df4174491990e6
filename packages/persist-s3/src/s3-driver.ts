import { createDriver, type DriverModule, isPersistError, type PersistDriver } from '@sandkeep/persist-api';
import { Bucket } from './bucket.js';
import { createClient } from './client.js';
import { parseOptions, type S3Config, type S3Options, s3ConfigSchema } from './config.js';
import { findTraits } from './find-traits.js';
import { readHealth, risksOf } from './health.js';
import { S3Backend } from './s3-backend.js';
import { scratch } from './scratch.js';
import { Store } from './store.js';
import { configFromUrl } from './url.js';

/** How `openDriver` finds this driver. */
export const driver: DriverModule<S3Config> = {
  name: 's3',
  schemes: ['s3'],
  configSchema: s3ConfigSchema,
  fromUrl: configFromUrl,
  open: openS3,
  scratch,
};

/**
 * Opens the S3 driver.
 * @throws `INVALID_ARGUMENT` that names the option; otherwise as {@link DriverModule.open}
 */
export async function openS3Driver(options: S3Options): Promise<PersistDriver> {
  return openS3(parseOptions(options));
}

async function openS3(config: S3Config): Promise<PersistDriver> {
  const client = config.client ?? createClient(config);
  const end = () => {
    if (config.client === undefined) client.destroy();
  };
  try {
    const traits = await findTraits(client, config);
    warn(risksOf(traits));
    const store = new Store(new Bucket(client, config, traits.quotedEtags), traits, config.commandTimeoutMs);
    const health = () => readHealth(client, config, store);
    const { prefix, sweepAfterSeconds, watchIntervalMs } = config;
    const sweepAfterMs = sweepAfterSeconds * 1000;
    return createDriver(new S3Backend({ store, prefix, sweepAfterMs, watchIntervalMs, health, end }));
  } catch (error) {
    end();
    if (isPersistError(error)) Object.assign(error, { driver: 's3', operation: 'open' });
    throw error;
  }
}

const warned = new Set<string>();

/** Says each risk once, as a warning of the process. */
function warn(risks: readonly string[]): void {
  for (const risk of risks) {
    if (warned.has(risk)) continue;
    warned.add(risk);
    process.emitWarning(risk, { type: 'SandkeepWarning', code: 'SANDKEEP_S3_AT_RISK' });
  }
}
