import { lockFunctions } from './lock-record.js';
import { Script } from './script.js';

/**
 * Gives up a lock, or a place in its queue.
 *
 * Keys: lock, names. Arguments: since (unused), name, id. Answers how much was given up: 0 or 1.
 */
export const releaseLockScript = new Script(
  `${lockFunctions}
local lock = load(KEYS[1])
if not lock then return 0 end
local held, waited
lock.holders, held = without(lock.holders, ARGV[3])
lock.queue, waited = without(lock.queue, ARGV[3])
save(KEYS[1], KEYS[2], ARGV[2], lock)
wake(lock)
return (held or waited) and 1 or 0
`,
);
