import { redactUrl } from '@sandkeep/persist-api';

/** The command that runs one case again with the same choices. It shows no password: that is to be put in again. */
export function repeatCommand(target: string, id: string, seed: number): string {
  return `npx sandkeep conformance ${quoted(shown(target))} --only ${id} --seed ${seed}`;
}

function shown(target: string): string {
  const mayHoldSecret = /^[a-z][a-z0-9+.-]+:.*(@|pass|secret|token|key)/is.test(target);
  return mayHoldSecret ? redactUrl(target) : target;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
