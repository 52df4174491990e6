import { historyFunctions } from './history.js';
import { Script } from './script.js';

/**
 * Writes one document and its index entry.
 *
 * Keys: document, index. Arguments: repeated (0 or 1), attempt, key, expect (empty: none), data, checksum.
 * Answers `{ 'done' }`; `{ 'conflict', version or empty }`; or `{ 'unknown' }` for a repeated attempt
 * of which the history no longer tells whether it was applied.
 *
 * A repeated attempt that was applied writes something again, so that a WAIT behind it waits for it.
 */
export const writeScript = new Script(
  `${historyFunctions}
local repeated, attempt, expect = ARGV[1] == '1', ARGV[2], ARGV[4]
local found = redis.call('HMGET', KEYS[1], 'v', 'h')
local version, history = found[1], found[2] or ''
if applied(attempt, version, history) then
  redis.call('HSET', KEYS[1], 'h', history)
  return { 'done' }
end
if refused(attempt, history) then
  return { 'conflict', version or '' }
end
local holds = expect == '' or version == expect or (expect == 'absent' and not version)
if repeated and #history >= full and (not holds or expect == '' or expect == 'absent') then
  return { 'unknown' }
end
if not holds then
  if repeated and expect == 'absent' then
    redis.call('HSET', KEYS[1], 'h', remember('!' .. attempt, history))
  end
  return { 'conflict', version or '' }
end
local past = history
if version then
  past = remember('+' .. version, history)
end
redis.call('HSET', KEYS[1], 'v', attempt, 'c', ARGV[6], 'h', past, 'd', ARGV[5])
if not version then
  if history ~= '' then
    redis.call('PERSIST', KEYS[1])
  end
  redis.call('ZADD', KEYS[2], 0, ARGV[3])
end
return { 'done' }
`,
  2,
);
