import { changeOpening } from './history.js';
import { publishChange } from './publish-change.js';
import { Script } from './script.js';

/**
 * Writes one document and its index entry, and publishes that.
 *
 * Keys: document, history, index, staged document. Arguments: since, attempt, key, expect (empty: none);
 * and the document, if the fourth key is left out.
 * Answers `done`; `conflict` and the version, if there is one; `unknown`; or `unstaged`.
 */
export const writeScript = new Script(
  `${changeOpening}
local staged = KEYS[4]
if expect ~= '' and version ~= expect and (expect ~= 'absent' or version) then
  if staged then call('DEL', staged) end
  if since > 0 and expect == 'absent' then remember('!', attempt) end
  return 'conflict ' .. (version or '')
end
if staged then
  if redis.pcall('RENAME', staged, KEYS[1]).err then return 'unstaged' end
  call('PERSIST', KEYS[1])
else
  call('SET', KEYS[1], ARGV[5])
end
if version then remember('+', version) else call('ZADD', KEYS[3], '0', ARGV[3]) end
${publishChange('attempt')}
return 'done'
`,
);
