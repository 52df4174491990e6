import type { Header } from 'tar-stream';
import { refusedEntry } from './refused-entry.js';

const whiteoutPrefix = '.wh.';
const opaqueMarker = '.wh..wh..opq';

/** What kind of file an entry makes. */
export type EntryKind = 'file' | 'hardlink' | 'symlink' | 'directory' | 'block' | 'character' | 'fifo';

interface Named {
  /** The name as it stands in the archive, for errors. */
  readonly name: string;
  /** Its parts, none of them empty, `.` or `..`; none at all: the root itself. */
  readonly parts: readonly string[];
}

/** An entry that makes, or replaces, a file. */
export interface FileEntry extends Named {
  readonly kind: EntryKind;
  /** The lower twelve bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, with a fraction. */
  readonly mtime: number;
  /** Where a symbolic link points to, as it stands. */
  readonly linkTarget: string;
  /** The parts of the file that a hard link is another name of. */
  readonly linkParts: readonly string[];
  readonly major: number;
  readonly minor: number;
  readonly hasAttributes: boolean;
}

/** Removes a path that a lower layer made. */
export interface WhiteoutEntry extends Named {
  readonly kind: 'whiteout';
}

/** Removes all that lower layers put into a directory. */
export interface OpaqueEntry extends Named {
  readonly kind: 'opaque';
}

export type LayerEntry = FileEntry | WhiteoutEntry | OpaqueEntry;

const kinds: Partial<Record<string, EntryKind>> = {
  file: 'file',
  'contiguous-file': 'file',
  link: 'hardlink',
  symlink: 'symlink',
  directory: 'directory',
  'block-device': 'block',
  'character-device': 'character',
  fifo: 'fifo',
};

/**
 * Reads the header of an archive's entry by the rules of OCI layers
 * (https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md).
 * @throws `INVALID_ARGUMENT` naming the entry, for a name that is absolute, has `..`, or is not UTF-8, and
 *   for a type that layers don't have
 */
export function layerEntry(header: Header): LayerEntry {
  const { name, linkname, mode, uid, gid, mtime, devmajor, devminor } = header;
  const type: string | null = header.type;
  const pax = header.pax as Readonly<Record<string, string>> | null;
  const parts = partsOf(name, name);
  const last = parts.at(-1) ?? '';
  if (last === opaqueMarker) return { name, kind: 'opaque', parts: parts.slice(0, -1) };
  if (last.startsWith(whiteoutPrefix)) {
    const hidden = last.slice(whiteoutPrefix.length);
    if (hidden === '' || hidden === '.' || hidden === '..') throw refusedEntry(name, 'it hides nothing');
    return { name, kind: 'whiteout', parts: [...parts.slice(0, -1), hidden] };
  }
  const kind = kinds[type ?? ''];
  if (kind === undefined) throw refusedEntry(name, `its type (${type ?? 'unknown'}) has no meaning in a layer`);
  if (pax != null && Object.keys(pax).some((key) => key.startsWith('GNU.sparse.'))) {
    throw refusedEntry(name, "it is a sparse file in GNU tar's format");
  }
  if (parts.length === 0 && kind !== 'directory') throw refusedEntry(name, 'the root must be a directory');
  return {
    name,
    kind,
    parts,
    mode: mode & 0o7777,
    uid: numberOf(pax?.uid) ?? uid,
    gid: numberOf(pax?.gid) ?? gid,
    mtime: numberOf(pax?.mtime) ?? mtime.getTime() / 1000,
    linkTarget: linkname ?? '',
    linkParts: kind === 'hardlink' ? linkPartsOf(name, linkname ?? '') : [],
    major: devmajor,
    minor: devminor,
    hasAttributes: pax != null && Object.keys(pax).some((key) => key.startsWith('SCHILY.xattr.')),
  };
}

function linkPartsOf(name: string, target: string): string[] {
  const parts = partsOf(name, target);
  if (parts.length === 0) throw refusedEntry(name, 'it is a hard link to the root');
  return parts;
}

function partsOf(entry: string, path: string): string[] {
  if (path.startsWith('/')) throw refusedEntry(entry, 'its path is absolute');
  if (path.includes('\ufffd') || path.includes('\0')) throw refusedEntry(entry, 'its path is not UTF-8 text');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refusedEntry(entry, 'its path has ".."');
  return parts;
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
