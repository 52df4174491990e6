import { lockFunctions } from './lock-record.js';
import { Script } from './script.js';

/**
 * Reads a lock, and forgets its name if nobody holds it or waits for it.
 *
 * Keys: lock, names. Arguments: since (unused), name.
 * Answers `{ number of waiters, fence of the latest grant, who… }`, or `{ 'corrupt' }`.
 */
export const inspectLockScript = new Script(
  `${lockFunctions}
local lock, changed = load(KEYS[1])
if not lock then return { 'corrupt' } end
if changed or #lock.holders + #lock.queue == 0 then save(KEYS[1], KEYS[2], ARGV[2], lock) end
if changed then wake(lock) end
local who, fence = {}, '0'
for _, holder in ipairs(lock.holders) do
  who[#who + 1] = holder.who
  fence = holder.fence
end
return { tostring(#lock.queue), fence, unpack(who) }
`,
);
