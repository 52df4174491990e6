/**
 * What all lock scripts share. A lock's record is JSON:
 *
 *     { "holders": [{ "id", "mode", "till", "fence", "who" }], "queue": [{ "id", "mode", "till", "wake" }] }
 *
 * `till` is when the entry ends unless it is renewed, in milliseconds by the server's clock; `who` is
 * JSON again, for people; `wake` is the channel on which a waiter hears that it is its turn. The queue is
 * in the order of arrival. A record without entries is removed.
 */
export const lockFunctions = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function sound(entries, ...)
  for _, entry in ipairs(entries) do
    if type(entry) ~= 'table' or type(entry.till) ~= 'number' then return false end
    if entry.mode ~= 'exclusive' and entry.mode ~= 'shared' then return false end
    for _, field in ipairs({ 'id', ... }) do
      if type(entry[field]) ~= 'string' then return false end
    end
  end
  return true
end

local function living(entries)
  local kept = {}
  for _, entry in ipairs(entries) do
    if entry.till > now then kept[#kept + 1] = entry end
  end
  return kept, #kept < #entries
end

-- The record without what has ended, and whether anything had; nothing if it cannot be read.
local function load(key)
  local text = redis.call('GET', key)
  if not text then return { holders = {}, queue = {} }, false end
  local readable, lock = pcall(cjson.decode, text)
  if not readable or type(lock) ~= 'table' or type(lock.holders) ~= 'table' or type(lock.queue) ~= 'table' then
    return nil
  end
  if not sound(lock.holders, 'fence', 'who') or not sound(lock.queue, 'wake') then return nil end
  local holders, lost = living(lock.holders)
  local queue, gone = living(lock.queue)
  return { holders = holders, queue = queue }, lost or gone
end

local function save(key, names, name, lock)
  local last = 0
  for _, entry in ipairs(lock.holders) do last = math.max(last, entry.till) end
  for _, entry in ipairs(lock.queue) do last = math.max(last, entry.till) end
  if last == 0 then
    redis.call('DEL', key)
    redis.call('ZREM', names, name)
  else
    redis.call('SET', key, cjson.encode(lock), 'PX', last - now + 1000)
    redis.call('ZADD', names, 0, name)
  end
end

local function without(entries, id)
  local kept = {}
  for _, entry in ipairs(entries) do
    if entry.id ~= id then kept[#kept + 1] = entry end
  end
  return kept, #kept < #entries
end

-- Tells every waiter whose turn it is; without the right to publish they find out when they ask again.
local function wake(lock)
  local exclusive = false
  for _, holder in ipairs(lock.holders) do exclusive = exclusive or holder.mode == 'exclusive' end
  if exclusive then return end
  for place, waiter in ipairs(lock.queue) do
    if waiter.mode == 'exclusive' then
      if place == 1 and #lock.holders == 0 then redis.pcall('PUBLISH', waiter.wake, waiter.id) end
      return
    end
    redis.pcall('PUBLISH', waiter.wake, waiter.id)
  end
end
`;
