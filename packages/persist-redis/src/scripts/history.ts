/** The time for which a document remembers past attempts, in milliseconds: longer than any call lasts. */
const memoryMs = 120_000;
/** How many past attempts it remembers at most. */
const memoryEntries = 16;

/**
 * What a document remembers of past attempts, so that a script that is sent twice answers as it did
 * the first time.
 *
 * The hash's field `h` is a string of entries of 21 characters, the newest first: a mark, the attempt's
 * id of 12 characters (base64url, which has neither mark), and when it was entered: the server's clock in
 * milliseconds, its lower 32 bits, as 8 hex digits. `+` is an attempt that was applied and since then
 * replaced by another; `!` is one that was refused for good.
 *
 * The first argument of each script is 0, or how long ago its first sending was, in milliseconds. Only
 * if the document has had more changes since then than it remembers is the outcome forgotten.
 */
export const historyFunctions = `
local time = redis.call('TIME')
local now = (time[1] * 1000 + math.floor(time[2] / 1000)) % 4294967296
local since = tonumber(ARGV[1])
local attempt = ARGV[2]

local function age(history)
  return (now - tonumber(string.sub(history, -8), 16)) % 4294967296
end

local function applied(version, history)
  return version == attempt or string.find(history, '+' .. attempt, 1, true) ~= nil
end

local function refused(history)
  return string.find(history, '!' .. attempt, 1, true) ~= nil
end

-- Whether this attempt may have been applied and forgotten.
local function forgotten(history)
  if since == 0 or #history < ${memoryEntries * 21} then return false end
  local oldest = age(history)
  return oldest < since + 100 or oldest > 2147483648
end

local function remember(mark, id, history)
  while history ~= '' and age(history) > ${memoryMs} do
    history = string.sub(history, 1, -22)
  end
  return string.sub(mark .. id .. string.format('%08x', now) .. history, 1, ${memoryEntries * 21})
end
`;

/** How long a removed document's history is kept, in milliseconds. */
export const removedHistoryMs = memoryMs;
