import { open } from 'node:fs/promises';
import { PersistError } from '@sandkeep/persist-api';

const [magic, dataFormat, metaBytes] = [0xbeefc0de, 2, 152];

/**
 * Looks at the data file before LMDB maps it, whose binding would end the process over one that is cut off, or whose
 * head is damaged. Layout: `MDB_meta` (mdb.c) in each of the first two pages. Whoever closes the lock file again would
 * drop the locks of this process (fcntl(2)): so that is not opened.
 * @throws `FORMAT_UNSUPPORTED`, `CORRUPT`, or the error of the system call
 */
export async function checkDataFile(path: string): Promise<void> {
  await using file = await open(path);
  const { size } = await file.stat();
  for (let page = 0, pageBytes = 0; size > 0 && page < 2; page++) {
    const { buffer: meta } = await file.read(Buffer.alloc(metaBytes), 0, metaBytes, page * pageBytes);
    if (meta.readUInt32LE(24) !== magic || meta.readUInt32LE(28) !== dataFormat) {
      throw new PersistError('FORMAT_UNSUPPORTED', `${path} is no LMDB data of format 2, or its head is damaged`);
    }
    pageBytes = meta.readUInt32LE(48);
    const roots = [88, 136].map((offset) => BigInt.asIntN(64, meta.readBigUInt64LE(offset)));
    if (pageBytes < 512 || roots.some((number) => (number + 1n) * BigInt(pageBytes) > size)) {
      throw new PersistError('CORRUPT', `${path} is damaged: it is cut off, or its head is wrong`);
    }
  }
}
