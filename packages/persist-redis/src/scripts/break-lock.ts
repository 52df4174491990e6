import { lockFunctions } from './lock-record.js';
import { Script } from './script.js';

/**
 * Takes a lock from one holder, or from all. A record that cannot be read is removed.
 *
 * Keys: lock, names. Arguments: since (unused), name, the holder's id (empty: all). Answers how many it was taken from.
 */
export const breakLockScript = new Script(
  `${lockFunctions}
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local text = redis.call('TYPE', KEYS[1]).ok == 'string'
local lock = text and load(KEYS[1]) or nil
if not lock then
  if ARGV[3] ~= '' then return 0 end
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], ARGV[2])
  return 1
end
local before = #lock.holders
lock.holders = ARGV[3] == '' and {} or without(lock.holders, ARGV[3])
save(KEYS[1], KEYS[2], ARGV[2], lock)
wake(lock)
return before - #lock.holders
`,
);
