import { Script } from './script.js';

/**
 * How changes are published: from Redis 7 on so that they stay within a Cluster's shard, which a plain PUBLISH would
 * leave for every other node. Only those versions tell scripts their number.
 */
const command = "(redis.REDIS_VERSION_NUM and 'SPUBLISH' or 'PUBLISH')";

/**
 * Tells whoever watches that a document is at a version now, or gone. The channel is called as the partition's index; the
 * message is the version (empty: gone), a space and the document's key. Without the right to publish it is left out.
 *
 * Keys: document, history, index. Arguments: since, attempt, key.
 * @param version a Lua expression
 */
export function publishChange(version: string): string {
  return `redis.pcall(${command}, KEYS[3], ${version} .. ' ' .. ARGV[3])`;
}

/** Answers the command that {@link publishChange} publishes with. Keys: any. */
export const publishCommandScript = new Script(`return ${command}`);
