import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PersistError } from '@sandkeep/persist-api';

const [magic, dataFormat, metaBytes] = [0xbeefc0de, 2, 152];

/**
 * Looks at the files of an environment before LMDB maps them, whose binding would end the process over one that it
 * may not write, that is cut off, or whose head is damaged. It must not open the lock file: to close that again would
 * drop the locks of this process (fcntl(2)), and other processes would take its readers for dead. Layout: `MDB_meta` (mdb.c) in each of the first two pages.
 * @throws `FORMAT_UNSUPPORTED`, `CORRUPT`, or the error of the system call
 */
export async function checkFiles(root: string, files: readonly string[]): Promise<void> {
  for (const path of [root, ...files.map((file) => join(root, file))]) {
    await access(path, constants.R_OK | constants.W_OK);
    if (path !== root && !(await stat(path)).isFile()) throw new PersistError('CORRUPT', `${path} is no file`);
  }
  if (!files.includes('data.mdb')) return;
  const handle = await open(join(root, 'data.mdb'));
  try {
    const { size } = await handle.stat();
    for (let page = 0, pageBytes = 0; size > 0 && page < 2; page++) {
      const { buffer: meta } = await handle.read(Buffer.alloc(metaBytes), 0, metaBytes, page * pageBytes);
      if (meta.readUInt32LE(24) !== magic || meta.readUInt32LE(28) !== dataFormat) {
        throw new PersistError('FORMAT_UNSUPPORTED', `${root} holds no LMDB data of format 2, or its head is damaged`);
      }
      pageBytes = meta.readUInt32LE(48);
      const roots = [88, 136].map((offset) => BigInt.asIntN(64, meta.readBigUInt64LE(offset)));
      if (pageBytes < 512 || roots.some((number) => (number + 1n) * BigInt(pageBytes) > size)) {
        throw new PersistError('CORRUPT', `the data file in ${root} is damaged: it is cut off, or its head is wrong`);
      }
    }
  } finally {
    await handle.close();
  }
}
