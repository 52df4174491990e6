import { lockFunctions, lockOpening } from './lock-record.js';
import { Script } from './script.js';

/**
 * Takes a lock from one holder, or from all. A record or queue that cannot be read is removed.
 *
 * Keys: locks, queue, waiters. Arguments: since (unused), name, the holder's id (empty: all). Answers how many it was taken from.
 */
export const breakLockScript = new Script(
  `${lockOpening}${lockFunctions}
local function is(kind, key)
  local found = call('TYPE', key).ok
  return found == kind or found == 'none'
end

local holders = load()
if not holders or not is('list', KEYS[2]) or not is('hash', KEYS[3]) then
  if ARGV[3] ~= '' then return 0 end
  call('DEL', KEYS[2], KEYS[3])
  call('HDEL', KEYS[1], ARGV[2])
  return 1
end
local before = #holders
holders = ARGV[3] == '' and {} or without(holders, ARGV[3])
local broken = before - #holders
if broken > 0 then
  handOver(holders)
  save(holders)
end
return broken
`,
);
