import { historyFunctions, removedHistoryMs } from './history.js';
import { Script } from './script.js';

/**
 * Removes one document and its index entry; only its history stays, for a while.
 *
 * Keys: document, index. Arguments: since, attempt, key, expect (empty: none).
 * Answers `{ 'done' }`; `{ 'missing' }`; `{ 'conflict', version or empty }`; or `{ 'unknown' }`, as a write.
 */
export const removeScript = new Script(
  `${historyFunctions}
local expect = ARGV[4]
local found = redis.call('HMGET', KEYS[1], 'v', 'h')
local version, history = found[1], found[2] or ''
if applied(version, history) then
  redis.call('HSET', KEYS[1], 'h', history)
  return { 'done' }
end
if forgotten(history) and not (version and version == expect) then return { 'unknown' } end
if expect ~= '' and version ~= expect then return { 'conflict', version or '' } end
if not version then return { 'missing' } end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'h', remember('+', attempt, remember('+', version, history)))
redis.call('PEXPIRE', KEYS[1], ${removedHistoryMs})
redis.call('ZREM', KEYS[2], ARGV[3])
return { 'done' }
`,
  2,
);
