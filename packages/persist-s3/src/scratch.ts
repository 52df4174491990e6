import type { ScratchStorage } from '@sandkeep/persist-api';
import type { S3Config } from './config.js';
import { removePrefix } from './remove-prefix.js';

/** Prefixes below that of the configuration, so that the same rights are enough. */
export const scratch: ScratchStorage<S3Config> = {
  at: (config, name) => ({ ...config, prefix: `${config.prefix}sandkeep-${name}/` }),
  describe: ({ bucket, prefix }) => `prefix ${prefix} of bucket ${bucket}`,
  remove: removePrefix,
};
