import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectFileSystem } from '../file-system.js';
import { isPersistError, PersistError, type PersistErrorCode } from '../persist-error.js';
import { makeDirectory } from './flush-directory.js';

/** What a freshly made file system may hold. */
const harmless = 'lost+found';

const codes: Readonly<Record<string, PersistErrorCode>> = {
  ENOENT: 'NOT_FOUND',
  ENOTDIR: 'INVALID_ARGUMENT',
  EEXIST: 'INVALID_ARGUMENT',
  EACCES: 'PERMISSION_DENIED',
  EPERM: 'PERMISSION_DENIED',
  EROFS: 'PERMISSION_DENIED',
};

/**
 * Looks at the directory of an embedded database before that opens it: one that is there, or is made, on a file system
 * that no other machine uses, either empty or with the database's files, all of which this process may read and write.
 * @param files the names of the database's files; the first is there unless the directory is new
 * @returns whether it is new
 * @throws `NOT_FOUND`; `INVALID_ARGUMENT` if it is no directory; `FORMAT_UNSUPPORTED` if it holds something else;
 *   `UNSUPPORTED` on a network file system; `CORRUPT` if a directory stands in the place of a file;
 *   `PERMISSION_DENIED`, `UNAVAILABLE`
 */
export async function openDirectory(root: string, files: readonly string[], create: boolean): Promise<boolean> {
  try {
    if (create) await makeDirectory(root);
    const found = (await readdir(root)).filter((file) => file !== harmless);
    const isNew = !found.includes(files[0] ?? '');
    if (isNew && found.length > 0) throw new PersistError('FORMAT_UNSUPPORTED', `${root} is not empty, and no store`);
    const { isNetwork, type } = inspectFileSystem(root);
    if (isNetwork) throw new PersistError('UNSUPPORTED', `${root} is on ${type}, which other machines can use, too`);
    await access(root, constants.R_OK | constants.W_OK);
    for (const path of found.filter((file) => files.includes(file)).map((file) => join(root, file))) {
      await access(path, constants.R_OK | constants.W_OK);
      if (!(await stat(path)).isFile()) throw new PersistError('CORRUPT', `${path} is no file`);
    }
    return isNew;
  } catch (cause) {
    if (isPersistError(cause)) throw cause;
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const hint = code === 'ENOENT' ? '; make it first, or open it with create: true (in a URL: ?create=true)' : '';
    throw new PersistError(codes[code] ?? 'UNAVAILABLE', `${message}${hint}`, { cause });
  }
}
