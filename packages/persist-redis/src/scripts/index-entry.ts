import { Script } from './script.js';

/**
 * Compares a document with its index entry, and mends the entry if asked to.
 *
 * Keys: document, index. Arguments: since (unused), key, repair (0 or 1).
 * Answers `fine`; `unlisted`: a document without entry; `dangling`: an entry without document.
 */
export const indexEntryScript = new Script(
  `
local there = redis.call('EXISTS', KEYS[1]) == 1
local listed = redis.call('ZSCORE', KEYS[2], ARGV[2]) ~= false
if there == listed then return 'fine' end
if ARGV[3] == '1' then
  if there then redis.call('ZADD', KEYS[2], 0, ARGV[2]) else redis.call('ZREM', KEYS[2], ARGV[2]) end
end
return there and 'unlisted' or 'dangling'
`,
);
