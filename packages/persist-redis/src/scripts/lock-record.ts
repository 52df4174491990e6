/**
 * For how long a waiter keeps its place in the queue without asking again, and at most holds what it was handed until it
 * says that it heard of it. In milliseconds.
 */
const patienceMs = 2_000;
/** For how long a queue is kept after nobody has asked, in milliseconds. By then all have lost their places. */
const queueMs = patienceMs + 1_000;

/**
 * How the lock scripts begin that grant locks.
 *
 * Keys: locks, queue, waiters. Arguments: since (unused), name. Times in milliseconds by the server's clock.
 *
 * A partition's locks are a hash. Under a lock's name is its record, unless it is free: a line for each holder, in the order
 * of their grants: `<id> <mode> <till> <fence> <who>`. `till` is the last millisecond of the lease unless it is renewed: as times are
 * rounded down, a lease is never shorter than its holder thinks. `who` is JSON, for people. Under the empty name is the partition's
 * latest fence.
 *
 * A fence is one more than the latest, and at least the server's time in microseconds: so it also grows when a
 * failover loses the latest.
 */
export const lockOpening = `
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function nextFence(latest)
  return string.format('%.0f', math.max((tonumber(latest or '') or 0) + 1, time[1] * 1000000 + time[2]))
end

local function line(id, mode, till, fence, who)
  return id .. ' ' .. mode .. ' ' .. till .. ' ' .. fence .. ' ' .. who .. '\\n'
end
`;

/**
 * What the lock scripts share, for what follows {@link lockOpening}.
 *
 * A lock's queue is a list of ids in the order of arrival. What is known of them is in the hash of the waiters, by id:
 * `<till> <ask> <mode> <ttl> <who>`, and after a newline `wake`. `till` is when the waiter loses its place; `ask` is the number of its
 * latest call, which it gives itself; `wake` is the channel on which it hears that it was granted the lock.
 *
 * Whoever changes a lock hands it on: the first in the queue are granted it as far as they can hold it together. So
 * nobody waits for a lock without a record, and who comes later waits if anybody does.
 */
export const lockFunctions = `
-- The holders in a record whose lease has not ended, and whether any has; nothing if it cannot be read.
local function parse(text)
  local holders, ended, from = {}, false, 1
  while from <= #text do
    local _, to, id, mode, till, fence, who = string.find(text, '^([%w_-]+) (%l+) (%d+) (%d+) ([^\\n]+)\\n', from)
    if mode ~= 'exclusive' and mode ~= 'shared' then return nil end
    till = tonumber(till)
    if till >= now then
      holders[#holders + 1] = { id = id, mode = mode, till = till, fence = fence, who = who }
    else
      ended = true
    end
    from = to + 1
  end
  return holders, ended
end

local function load()
  return parse(call('HGET', KEYS[1], ARGV[2]) or '')
end

local function save(holders)
  if #holders == 0 then
    call('HDEL', KEYS[1], ARGV[2])
    return
  end
  local text = ''
  for _, holder in ipairs(holders) do
    text = text .. line(holder.id, holder.mode, holder.till, holder.fence, holder.who)
  end
  call('HSET', KEYS[1], ARGV[2], text)
end

-- Whether somebody can have the lock in this mode beside these holders.
local function fits(holders, mode)
  return #holders == 0 or (mode == 'shared' and holders[1].mode == 'shared')
end

local function grant(holders, id, mode, till, who)
  local fence = nextFence(call('HGET', KEYS[1], ''))
  call('HSET', KEYS[1], '', fence)
  holders[#holders + 1] = { id = id, mode = mode, till = till, fence = fence, who = who }
  return fence
end

-- Grants the lock to the first in the queue, as long as it fits, and tells them: their id, the number of their latest call, the
-- fence, and for how long after that call they hold it. Without the right to publish they find out when they ask again.
-- Gives whether it granted any; and when the one who is first now loses its place, if there is one.
local function handOver(holders)
  local handed = false
  while true do
    local id = call('LINDEX', KEYS[2], '0')
    if not id then return handed end
    local waiter = call('HGET', KEYS[3], id) or ''
    local till, ask, mode, ttl, who, wake = string.match(waiter, '^(%d+) (%d+) (%l+) (%d+) ([^\\n]+)\\n(.*)$')
    till = tonumber(till)
    if till and till > now then
      if not fits(holders, mode) then return handed, till end
      local lease = math.min(tonumber(ttl), ${patienceMs})
      local fence = grant(holders, id, mode, now + lease, who)
      redis.pcall('PUBLISH', wake, id .. ' ' .. ask .. ' ' .. fence .. ' ' .. (now + lease - till + ${patienceMs}))
      handed = true
    end
    call('LPOP', KEYS[2])
    call('HDEL', KEYS[3], id)
  end
end

-- Takes, or keeps, a place in the queue.
local function wait(id, ask, mode, ttl, who, wake)
  local waiter = (now + ${patienceMs}) .. ' ' .. ask .. ' ' .. mode .. ' ' .. ttl .. ' ' .. who .. '\\n' .. wake
  if call('HSET', KEYS[3], id, waiter) == 1 then call('RPUSH', KEYS[2], id) end
  for place = 2, 3 do call('PEXPIRE', KEYS[place], '${queueMs}') end
end

local function without(holders, id)
  local kept = {}
  for _, holder in ipairs(holders) do
    if holder.id ~= id then kept[#kept + 1] = holder end
  end
  return kept, #kept < #holders
end
`;
