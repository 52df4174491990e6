/**
 * What a document remembers of the attempts that led to its present state, so that a script that is
 * sent twice answers as it did the first time.
 *
 * The hash's field `h` is a string of entries of 13 characters, the newest first: a mark and the
 * attempt's id of 12 characters (base64url, which has neither mark). `+` is an attempt that was
 * applied and since then replaced by another; `!` is one that was refused for good. Once the string
 * is full, the oldest entries fall off, and a repeated attempt that is not found can no longer be told.
 */
export const historyEntries = 32;
export const attemptIdLength = 12;

export const historyFunctions = `
local full = ${historyEntries * (attemptIdLength + 1)}
local function applied(id, version, history)
  return version == id or string.find(history, '+' .. id, 1, true) ~= nil
end
local function refused(id, history)
  return string.find(history, '!' .. id, 1, true) ~= nil
end
local function remember(entry, history)
  return string.sub(entry .. history, 1, full)
end
`;

/** How long a removed document's history is kept, in milliseconds; far longer than any call lasts. */
export const removedHistoryMs = 600_000;
