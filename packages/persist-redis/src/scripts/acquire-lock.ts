import { lockFunctions } from './lock-record.js';
import { Script } from './script.js';

/**
 * Takes a lock, or a place in its queue, or keeps that place.
 *
 * Keys: lock, names, fence. Arguments: since (unused), name, id, mode, ttl, the time for which the place in
 * the queue is kept (0: take none), wake channel, who. Times in milliseconds.
 * Answers `{ 'granted', fence }`; `{ 'held', milliseconds until something may end, who… }`; `{ 'corrupt' }`.
 *
 * Whoever is ahead in the queue goes first, so readers that come later do not overtake a writer. The
 * fence is one more than the latest one in the partition, and at least the server's time in
 * microseconds: so it also grows when a failover loses the latest.
 */
export const acquireLockScript = new Script(
  `${lockFunctions}
local name, id, mode = ARGV[2], ARGV[3], ARGV[4]
local ttl, patience = tonumber(ARGV[5]), tonumber(ARGV[6])
local lock, changed = load(KEYS[1])
if not lock then return { 'corrupt' } end

for _, holder in ipairs(lock.holders) do
  if holder.id == id then
    holder.till = now + ttl
    save(KEYS[1], KEYS[2], name, lock)
    return { 'granted', holder.fence }
  end
end

local free = true
local ends = math.huge
local who = {}
for _, holder in ipairs(lock.holders) do
  if mode == 'exclusive' or holder.mode == 'exclusive' then free = false end
  ends = math.min(ends, holder.till)
  who[#who + 1] = holder.who
end
local place
for number, waiter in ipairs(lock.queue) do
  if waiter.id == id then
    place = number
    break
  end
  if mode == 'exclusive' or waiter.mode == 'exclusive' then free = false end
  ends = math.min(ends, waiter.till)
end

if free then
  local fence = math.max((tonumber(redis.call('GET', KEYS[3]) or '') or 0) + 1, time[1] * 1000000 + time[2])
  local text = string.format('%.0f', fence)
  redis.call('SET', KEYS[3], text)
  if place then table.remove(lock.queue, place) end
  lock.holders[#lock.holders + 1] = { id = id, mode = mode, till = now + ttl, fence = text, who = ARGV[8] }
  save(KEYS[1], KEYS[2], name, lock)
  if changed then wake(lock) end
  return { 'granted', text }
end

if patience > 0 then
  if place then
    lock.queue[place].till = now + patience
  else
    lock.queue[#lock.queue + 1] = { id = id, mode = mode, till = now + patience, wake = ARGV[7] }
  end
  changed = true
end
if changed then
  save(KEYS[1], KEYS[2], name, lock)
  wake(lock)
end
return { 'held', tostring(ends - now), unpack(who) }
`,
);
