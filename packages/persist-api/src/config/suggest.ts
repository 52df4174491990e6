import { closestMatch } from 'leven';

/**
 * What to say about a name that is not known: the nearest one that is, if any is near, and all of them.
 * @returns `did you mean "root"? known: root, create`
 */
export function suggest(name: string, known: readonly string[]): string {
  const maxDistance = Math.min(name.length - 1, Math.max(2, Math.floor(name.length / 3)));
  const nearest = closestMatch(name, known, { maxDistance });
  const question = nearest === undefined ? '' : `did you mean "${nearest}"? `;
  return `${question}known: ${known.length === 0 ? 'none' : known.join(', ')}`;
}
