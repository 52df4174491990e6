import { changeOpening } from './history.js';
import { publishChange } from './publish-change.js';
import { Script } from './script.js';

/**
 * Removes one document and its index entry, and publishes that; its history stays for a while.
 *
 * Keys: document, history, index. Arguments: since, attempt, key, expect (empty: none).
 * Answers `done`; `missing`; `conflict` and the version, if there is one; or `unknown`.
 */
export const removeScript = new Script(
  `${changeOpening}
if expect ~= '' and version ~= expect then return 'conflict ' .. (version or '') end
if not version then return 'missing' end
call('DEL', KEYS[1])
remember('+', version)
remember('+', attempt)
call('ZREM', KEYS[3], ARGV[3])
${publishChange("''")}
return 'done'
`,
);
