import { Script } from './script.js';

/**
 * Reads what the store says of itself, and says it if it is new.
 *
 * Keys: the store's record. Arguments: since (unused), format, partitions for a new store.
 * Answers `{ format or false, partitions or false }`.
 */
export const openStoreScript = new Script(
  `
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'format', ARGV[2], 'partitions', ARGV[3])
end
return redis.call('HMGET', KEYS[1], 'format', 'partitions')
`,
);
