import { lockFunctions, lockOpening } from './lock-record.js';
import { Script } from './script.js';

/**
 * Renews the lease of a holder.
 *
 * Keys: locks, queue, waiters. Arguments: since (unused), name, id, ttl in milliseconds, who.
 * Answers 1, or 0 if it holds no longer.
 */
export const renewLockScript = new Script(
  `${lockOpening}${lockFunctions}
local holders = load() or {}
for _, holder in ipairs(holders) do
  if holder.id == ARGV[3] then
    holder.till = now + tonumber(ARGV[4])
    holder.who = ARGV[5]
    save(holders)
    return 1
  end
end
return 0
`,
);
