/** The time for which past attempts at a document are remembered, in milliseconds: longer than any call lasts. */
const memoryMs = 120_000;
/** How many are remembered at most. */
const memoryEntries = 16;

/** How a document begins, up to its version. */
const opening = '{"sandkeep":1,"version":"';
const idLength = 12;
const entryLength = idLength + 9;

/** Stands for the version of what is under a document's key and does not begin as a document. */
export const damaged = '?'.repeat(idLength);

/**
 * How each script that changes a document begins. A script may be sent twice, and then answers as it
 * did the first time.
 *
 * Keys: document, history. Arguments: since, attempt, key, expect.
 *
 * The document begins as in every driver (see `encodeHeader` of persist-api), so that its version is in a
 * fixed place. The history is a string of entries of 21 characters, the newest first: a mark, the attempt's
 * id of 12 characters (base64url, which has neither mark), and when it was entered: the server's clock in
 * milliseconds, its lower 32 bits, as 8 hex digits. `+` is an attempt that was applied and since then
 * replaced by another; `!` is one that was refused for good. It expires unless the document changes.
 *
 * `since` is 0, or how long ago the attempt's first sending was that may have run, in milliseconds. Only if the
 * document has had more changes since then than are remembered is the outcome forgotten, which is answered
 * as `unknown`. An attempt that was applied writes something again, so that a WAIT behind it waits for it.
 */
export const changeOpening = `
local call, sub = redis.call, string.sub
local since, attempt, expect = tonumber(ARGV[1]), ARGV[2], ARGV[4]

-- The document's version; nothing if there is no document.
local version = redis.pcall('GETRANGE', KEYS[1], 0, ${opening.length + idLength})
if type(version) == 'table' then
  if not string.find(version.err, 'WRONGTYPE', 1, true) then return version end
  version = '${damaged}'
elseif sub(version, 1, ${opening.length}) == '${opening}' and sub(version, ${opening.length + idLength + 1}) == '"' then
  version = sub(version, ${opening.length + 1}, -2)
elseif call('EXISTS', KEYS[1]) == 1 then
  version = '${damaged}'
else
  version = nil
end
local history = call('GET', KEYS[2]) or ''

local function clock()
  local time = call('TIME')
  return (time[1] * 1000 + math.floor(time[2] / 1000)) % 4294967296
end

local function remember(mark, id)
  history = sub(mark .. id .. string.format('%08x', clock()) .. history, 1, ${memoryEntries * entryLength})
  call('SET', KEYS[2], history, 'PX', ${memoryMs})
end

if since > 0 then
  if version == attempt or string.find(history, '+' .. attempt, 1, true) then
    call('SET', KEYS[2], history, 'PX', ${memoryMs})
    return 'done'
  end
  if string.find(history, '!' .. attempt, 1, true) then return 'conflict ' .. (version or '') end
  if #history == ${memoryEntries * entryLength} and not (version and version == expect) then
    local age = (clock() - tonumber(sub(history, -8), 16)) % 4294967296
    if age < since + 100 or age > 2147483648 then return 'unknown' end
  end
end
`;
