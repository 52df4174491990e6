import { historyFunctions } from './history.js';
import { Script } from './script.js';

/**
 * Writes one document and its index entry.
 *
 * Keys: document, index. Arguments: since, attempt, key, expect (empty: none), data, checksum.
 * Answers `{ 'done' }`; `{ 'conflict', version or empty }`; or `{ 'unknown' }` for a repeated attempt
 * of which the history no longer tells whether it was applied.
 *
 * A repeated attempt that was applied writes something again, so that a WAIT behind it waits for it.
 */
export const writeScript = new Script(
  `${historyFunctions}
local expect = ARGV[4]
local found = redis.call('HMGET', KEYS[1], 'v', 'h')
local version, history = found[1], found[2] or ''
if applied(version, history) then
  redis.call('HSET', KEYS[1], 'h', history)
  return { 'done' }
end
if refused(history) then return { 'conflict', version or '' } end
local holds = expect == '' or version == expect or (expect == 'absent' and not version)
if forgotten(history) and not (version and version == expect) then return { 'unknown' } end
if not holds then
  if since > 0 and expect == 'absent' then
    redis.call('HSET', KEYS[1], 'h', remember('!', attempt, history))
  end
  return { 'conflict', version or '' }
end
local past = version and remember('+', version, history) or history
redis.call('HSET', KEYS[1], 'v', attempt, 'c', ARGV[6], 'h', past, 'd', ARGV[5])
if not version then
  if history ~= '' then redis.call('PERSIST', KEYS[1]) end
  redis.call('ZADD', KEYS[2], 0, ARGV[3])
end
return { 'done' }
`,
  2,
);
