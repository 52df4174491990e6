import { lockFunctions, lockOpening } from './lock-record.js';
import { Script } from './script.js';

/**
 * Reads a lock, and removes its record if nobody holds it any more.
 *
 * Keys: locks, queue, waiters. Arguments: since (unused), name.
 * Answers `{ number of waiters, fence of the latest grant, who… }`, or `{ 'corrupt' }`.
 */
export const inspectLockScript = new Script(
  `${lockOpening}${lockFunctions}
local holders, ended = load()
if not holders then return { 'corrupt' } end
if handOver(holders) or ended then save(holders) end
local waiting = 0
for _, waiter in ipairs(call('HVALS', KEYS[3])) do
  if (tonumber(string.match(waiter, '^%d+')) or 0) > now then waiting = waiting + 1 end
end
local answer = { tostring(waiting), '0' }
for _, holder in ipairs(holders) do
  answer[#answer + 1] = holder.who
  answer[2] = holder.fence
end
return answer
`,
);
