import { checkKey, isPersistError } from '@sandkeep/persist-api';

const root = 'documents/';
const extension = '.json';

/**
 * Where a document is in an archive: `documents/<key>.json`. A directory that ends in `.json` has a `~` after it,
 * which is in no key, so that the documents `a` and `a.json/b` can be unpacked side by side.
 */
export function archivePath(key: string): string {
  const segments = key.split('/');
  const name = segments.pop();
  const directories = segments.map((segment) => (segment.endsWith(extension) ? `${segment}~/` : `${segment}/`));
  return `${root}${directories.join('')}${name}${extension}`;
}

/** @returns undefined unless it is the path of a document */
export function keyOfArchivePath(path: string): string | undefined {
  if (!path.startsWith(root) || !path.endsWith(extension)) return undefined;
  const key = path.slice(root.length, -extension.length).replaceAll('~/', '/');
  try {
    checkKey(key);
  } catch (error) {
    if (isPersistError(error)) return undefined;
    throw error;
  }
  return archivePath(key) === path ? key : undefined;
}
