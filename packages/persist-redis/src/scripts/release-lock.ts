import { lockFunctions, lockOpening } from './lock-record.js';
import { Script } from './script.js';

/**
 * Gives up a lock, or a place in its queue.
 *
 * Keys: locks, queue, waiters. Arguments: since (unused), name, id. Answers how much was given up: 0 or 1.
 */
export const releaseLockScript = new Script(
  `
local text, id = redis.call('HGET', KEYS[1], ARGV[2]), ARGV[3]
local isSole = text and string.find(text, '\\n', 1, true) == #text and string.sub(text, 1, #id + 1) == id .. ' '
if isSole and redis.call('EXISTS', KEYS[2]) == 0 then return redis.call('HDEL', KEYS[1], ARGV[2]) end
${lockOpening}${lockFunctions}
local holders = parse(text or '')
if not holders then return 0 end
local given
holders, given = without(holders, id)
if not given and call('HDEL', KEYS[3], id) == 1 then
  call('LREM', KEYS[2], '1', id)
  given = true
end
handOver(holders)
save(holders)
return given and 1 or 0
`,
);
