import { lockFunctions, lockOpening } from './lock-record.js';
import { Script } from './script.js';

/**
 * Takes a lock, or a place in its queue, or keeps that place.
 *
 * Keys: locks, queue, waiters. Arguments: since (unused), name, id, mode, ttl, number of this call (0: take no place),
 * wake channel, who. Times in milliseconds.
 * Answers the fence if the lock was granted; otherwise `{ milliseconds until something may end, who… }`, or `{ 'corrupt' }`.
 */
export const acquireLockScript = new Script(
  `${lockOpening}
local name, id, mode, ttl, ask, wake, who = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8]
local found = call('HMGET', KEYS[1], name, '')
if not found[1] then
  local fence = nextFence(found[2])
  call('HSET', KEYS[1], name, line(id, mode, now + ttl, fence, who), '', fence)
  return fence
end
${lockFunctions}
local holders, ended = parse(found[1])
if not holders then return { 'corrupt' } end
local handed, first = handOver(holders)

for _, holder in ipairs(holders) do
  if holder.id == id then
    holder.till = now + ttl
    holder.who = who
    save(holders)
    return holder.fence
  end
end

if not first and fits(holders, mode) then
  local fence = grant(holders, id, mode, now + ttl, who)
  save(holders)
  return fence
end

if ask ~= '0' then wait(id, ask, mode, ARGV[5], who, wake) end
if ended or handed then save(holders) end
local ends = first or math.huge
local answer = { '' }
for _, holder in ipairs(holders) do
  ends = math.min(ends, holder.till)
  answer[#answer + 1] = holder.who
end
answer[1] = tostring(ends - now)
return answer
`,
);
