/**
 * How keys become paths below a directory, and names become keys again. The mapping is reversible and
 * free of collisions:
 *
 * - a document is a file `<last segment>.json`, its other segments are directories;
 * - a directory whose segment ends in `.json` gets a `~` behind it, so that the document `a` (the file
 *   `a.json`) and the document `a.json/b` (in the directory `a.json~`) do not meet;
 * - a segment of more than 240 bytes is split, as file names end at 255 bytes: its first 240 bytes and
 *   a `+` name a directory, in which the rest stands behind another `+`.
 *
 * Segments hold neither `~` nor `+` and do not begin with `.`, so `.sandkeep` is nobody's key.
 */
const suffix = '.json';
const directoryMark = '~';
const splitMark = '+';
const longestName = 240;

/** The path of the document `key`, relative to the tree's root. */
export function documentPath(key: string): string {
  const segments = key.split('/');
  const last = segments.pop() ?? '';
  return [...segments.map(directoryName), `${split(last)}${suffix}`].join('/');
}

/** The path of the directory that holds the documents below `key`, relative to the tree's root. */
export function directoryPath(key: string): string {
  return key.split('/').map(directoryName).join('/');
}

function directoryName(segment: string): string {
  return split(segment) + (segment.endsWith(suffix) ? directoryMark : '');
}

function split(segment: string): string {
  if (segment.length <= longestName) return segment;
  return `${segment.slice(0, longestName)}${splitMark}/${splitMark}${segment.slice(longestName)}`;
}

/** What a name found in a directory stands for. */
export interface NamedEntry {
  /** `document`; `directory`: of a segment; `split`: the first part of a long segment. */
  readonly type: 'document' | 'directory' | 'split';
  /** The segment, or the part of it that the name holds. */
  readonly segment: string;
}

const part = /^[A-Za-z0-9_.-]+$/;

/**
 * What the entry `name` stands for; undefined for what is none of ours.
 * @param within whether the directory is the second half of a split segment
 */
export function parseName(name: string, isDirectory: boolean, within: boolean): NamedEntry | undefined {
  const begin = within ? 1 : 0;
  if (within !== name.startsWith(splitMark) || (!within && name.startsWith('.'))) return undefined;
  const entry = isDirectory ? parseDirectory(name.slice(begin)) : parseDocument(name.slice(begin));
  return entry !== undefined && part.test(entry.segment) ? entry : undefined;
}

function parseDocument(name: string): NamedEntry | undefined {
  return name.endsWith(suffix) ? { type: 'document', segment: name.slice(0, -suffix.length) } : undefined;
}

function parseDirectory(name: string): NamedEntry | undefined {
  if (name.endsWith(splitMark)) return { type: 'split', segment: name.slice(0, -1) };
  if (name.endsWith(directoryMark)) return { type: 'directory', segment: name.slice(0, -1) };
  return name.endsWith(suffix) ? undefined : { type: 'directory', segment: name };
}
