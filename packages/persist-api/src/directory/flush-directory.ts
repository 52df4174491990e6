import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes the names in a directory durable. @throws the error of the system call */
export async function flushDirectory(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a directory that is missing, and those above it, durably and for their owner alone. What is there already is
 * left as it is, whatever it is.
 * @throws the error of the system call that failed; Node's own recursive `mkdir` reports a read-only file system as a
 *   missing directory, and goes on forever where a file system takes no new directories
 */
export async function makeDirectory(path: string): Promise<void> {
  const parent = dirname(path);
  const make = () => mkdir(path, { mode: 0o700 });
  try {
    await make().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || parent === path) throw error;
      await makeDirectory(parent);
      await make();
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  await flushDirectory(parent);
}
