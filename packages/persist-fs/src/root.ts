import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeDirectory, newAttemptId, PersistError } from '@sandkeep/persist-api';
import { z } from 'zod';
import { flushDirectory } from './directory-flush.js';
import { errnoOf, fromErrno } from './errors.js';

const formatSchema = z.object({ format: z.string(), version: z.number() });
type Format = z.infer<typeof formatSchema>;
const ownFormat: Format = { format: 'sandkeep-fs', version: 1 };
/** What a freshly made file system may hold. */
const harmless = new Set(['lost+found']);

/** The directories of a store. All are on one file system, so that files can be renamed between them. */
export interface Root {
  /** Without links. Documents are below it. */
  readonly directory: string;
  readonly staged: string;
  /** The directory of the {@link RemovalReserve}. */
  readonly spare: string;
  readonly slots: string;
  readonly names: string;
  readonly locks: string;
  readonly lockNames: string;
  /** The file that tells a store from any other directory. */
  readonly marker: string;
}

/**
 * Finds, checks and if need be makes the store in `path`: `.sandkeep/format.json` says that a directory
 * is one. An empty directory becomes one; any other is refused.
 * @param create make the directory itself, and those above it, if it is missing
 * @throws `NOT_FOUND` if it is missing; `FORMAT_UNSUPPORTED` if it belongs to something else or to a
 *   newer version; `INVALID_ARGUMENT` if it is no directory; `UNSUPPORTED` if its file system does not
 *   tell upper from lower case
 */
export async function openRoot(path: string, create: boolean): Promise<Root> {
  const wanted = resolve(path);
  try {
    if (create) await makeDirectory(wanted);
    const root = layOut(realpathSync(wanted));
    if (!statSync(root.directory).isDirectory()) {
      throw new PersistError('INVALID_ARGUMENT', `root ${wanted} is not a directory`);
    }
    await checkFormat(root);
    refuseCaseInsensitive(root);
    return root;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      const hint = 'make the directory first, or open it with create: true (in a URL: ?create=true)';
      throw new PersistError('NOT_FOUND', `root ${wanted} does not exist: ${hint}`, { cause: error });
    }
    throw fromErrno(error, wanted);
  }
}

/**
 * Makes the names of the root and of its marker durable, whoever made them: the process that did may have
 * been killed before it could.
 */
export async function flushRoot({ directory, marker }: Root): Promise<void> {
  for (const path of [dirname(marker), directory, dirname(directory)]) await flushDirectory(path);
}

/** @throws `UNAVAILABLE` if the store is not there any more, such as after its disk was unmounted */
export function assertPresent({ directory, marker }: Root): void {
  if (lstatSync(marker, { throwIfNoEntry: false }) === undefined) {
    throw new PersistError(
      'UNAVAILABLE',
      `root ${directory} is gone: it was removed, or its file system was unmounted`,
    );
  }
}

function layOut(directory: string): Root {
  const own = join(directory, '.sandkeep');
  return {
    directory,
    staged: join(own, 'staged'),
    spare: join(own, 'spare'),
    slots: join(own, 'slots'),
    names: join(own, 'names'),
    locks: join(own, 'locks'),
    lockNames: join(own, 'lock-names'),
    marker: join(own, 'format.json'),
  };
}

async function checkFormat(root: Root): Promise<void> {
  for (const own of [dirname(root.marker), ...ownDirectories(root)]) {
    if (lstatSync(own, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new PersistError('PERMISSION_DENIED', `${own} is a symbolic link, and links are not followed`);
    }
  }
  const found = readMarker(root) ?? (await initialize(root));
  if (found.format !== ownFormat.format || found.version !== ownFormat.version) {
    const expected = `expected ${ownFormat.format} version ${ownFormat.version}`;
    throw new PersistError(
      'FORMAT_UNSUPPORTED',
      `root ${root.directory} holds ${found.format} version ${found.version}: ${expected}`,
    );
  }
  makeOwnDirectories(root);
}

function readMarker({ marker }: Root): Format | undefined {
  let text: string;
  try {
    text = readFileSync(marker, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return formatSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new PersistError('CORRUPT', `${marker} does not say what format the store has`, { cause: error });
  }
}

/** What the marker says in the end: another process may have made the store meanwhile. */
async function initialize(root: Root): Promise<Format> {
  const foreign = readdirSync(root.directory).filter((name) => name !== '.sandkeep' && !harmless.has(name));
  if (foreign.length > 0) {
    const madeMeanwhile = readMarker(root);
    if (madeMeanwhile !== undefined) return madeMeanwhile;
    const names = foreign.slice(0, 3).join(', ') + (foreign.length > 3 ? ', …' : '');
    const message = `root ${root.directory} is not a Sandkeep store, and not empty (it holds ${names}): give an empty directory`;
    throw new PersistError('FORMAT_UNSUPPORTED', message);
  }
  makeOwnDirectories(root);
  const draft = join(root.staged, newAttemptId());
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${JSON.stringify(ownFormat)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, root.marker);
  return ownFormat;
}

function ownDirectories({ staged, slots, names, locks, lockNames }: Root): string[] {
  return [staged, slots, names, locks, lockNames];
}

function makeOwnDirectories(root: Root): void {
  for (const directory of ownDirectories(root)) mkdirSync(directory, { recursive: true, mode: 0o700 });
}

function refuseCaseInsensitive({ directory }: Root): void {
  if (lstatSync(join(directory, '.SANDKEEP'), { throwIfNoEntry: false }) === undefined) return;
  const message = `root ${directory} is on a file system that does not tell upper from lower case: keys would collide`;
  throw new PersistError('UNSUPPORTED', message);
}
