/** The time for which past attempts at a document are remembered, in milliseconds: longer than any call lasts. */
const memoryMs = 120_000;
/** How many are remembered at least. When they are twice as many, as many are forgotten. */
const memoryEntries = 16;

/** How a document begins, up to its version. */
const opening = '{"sandkeep":1,"version":"';
const idLength = 12;
/** Of an entry of the history, and of each of the two times before the first. */
const entryLength = idLength + 1;
const noTime = '0'.repeat(entryLength);
const lengthOf = (entries: number) => (2 + entries) * entryLength;

/** Stands for the version of what is under a document's key and does not begin as a document. */
export const damaged = '?'.repeat(idLength);

/** Which bytes of a document {@link versionIn} needs, the last included. */
export const versionRange = ['0', String(opening.length + idLength)] as const;

/** The version of a document that begins like this; undefined if it is damaged. */
export function versionIn(start: string): string | undefined {
  const isWhole = start.startsWith(opening) && start[opening.length + idLength] === '"';
  return isWhole ? start.slice(opening.length, -1) : undefined;
}

/**
 * How each script that changes a document begins. A script may be sent twice, and then answers as it
 * did the first time.
 *
 * Keys: document, history. Arguments: since, attempt, key, expect.
 *
 * The document begins as in every driver (see `encodeHeader` of persist-api), so that its version is in a
 * fixed place. The history is a string of entries of 13 characters, the newest last: a mark and the attempt's id of
 * 12 characters (base64url, which has neither mark). `+` is an attempt that was applied and since then
 * replaced by another; `!` is one that was refused for good. It expires unless the document changes.
 *
 * Before the entries are two times of the server's clock, in milliseconds as 13 digits, or zeros: before the first all
 * those were entered that have been forgotten; before the second, those that are forgotten next. So most changes
 * read neither the clock nor the history.
 *
 * `since` is 0, or how long ago the attempt's first sending was that may have run, in milliseconds. Only if
 * changes have been forgotten since then is the outcome forgotten, too, which is answered
 * as `unknown`. An attempt that was applied writes something again, so that a WAIT behind it waits for it.
 *
 * Numbers are given to commands as strings: Lua would print them.
 */
export const changeOpening = `
local call, sub = redis.call, string.sub
local since, attempt, expect = tonumber(ARGV[1]), ARGV[2], ARGV[4]

-- The document's version; nothing if there is no document.
local version = redis.pcall('GETRANGE', KEYS[1], '0', '${opening.length + idLength}')
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

local function clock()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function remember(mark, id)
  local length = redis.pcall('APPEND', KEYS[2], mark .. id)
  if type(length) == 'table' or length == ${entryLength} then
    call('SET', KEYS[2], '${noTime}${noTime}' .. mark .. id, 'PX', '${memoryMs}')
  elseif length == ${lengthOf(memoryEntries)} or length >= ${lengthOf(2 * memoryEntries)} then
    local history = call('GET', KEYS[2])
    local forgotten = sub(history, ${entryLength + 1}, ${2 * entryLength})
    local time = string.format('%0${entryLength}.0f', clock())
    call('SET', KEYS[2], forgotten .. time .. sub(history, -${memoryEntries * entryLength}), 'PX', '${memoryMs}')
  else
    call('PEXPIRE', KEYS[2], '${memoryMs}')
  end
end

if since > 0 then
  local history = call('GET', KEYS[2]) or ''
  if version == attempt or string.find(history, '+' .. attempt, 1, true) then
    call('SET', KEYS[2], history, 'PX', '${memoryMs}')
    return 'done'
  end
  if string.find(history, '!' .. attempt, 1, true) then return 'conflict ' .. (version or '') end
  local forgotten = tonumber(sub(history, 1, ${entryLength})) or 0
  local isDoubtful = forgotten > 0 and clock() - since - 100 <= forgotten
  if isDoubtful and not (version and version == expect) then return 'unknown' end
end
`;
