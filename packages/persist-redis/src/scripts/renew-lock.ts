import { lockFunctions } from './lock-record.js';
import { Script } from './script.js';

/**
 * Renews the lease of a holder.
 *
 * Keys: lock, names. Arguments: since (unused), name, id, ttl in milliseconds. Answers 1, or 0 if it holds no longer.
 */
export const renewLockScript = new Script(
  `${lockFunctions}
local lock = load(KEYS[1])
if not lock then return 0 end
for _, holder in ipairs(lock.holders) do
  if holder.id == ARGV[3] then
    holder.till = now + tonumber(ARGV[4])
    save(KEYS[1], KEYS[2], ARGV[2], lock)
    return 1
  end
end
return 0
`,
);
