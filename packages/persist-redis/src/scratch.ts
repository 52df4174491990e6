import type { ScratchStorage } from '@sandkeep/persist-api';
import type { RedisConfig } from './config.js';
import { removeNamespaces, removeStore } from './remove-store.js';

/** Namespaces that begin like that of the configuration, so that the same rights are enough. */
export const scratch: ScratchStorage<RedisConfig> = {
  at: (config, name) => ({ ...config, namespace: `${config.namespace}-${name}` }),
  describe: ({ namespace }) => `namespace ${namespace}`,
  remove: removeStore,
  sweep: (config, names) => removeNamespaces(config, `${config.namespace}-${names}`),
};
