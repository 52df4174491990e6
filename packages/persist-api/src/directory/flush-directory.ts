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

/** Makes a directory that is missing, and those above it, durably and for their owner alone. @throws likewise */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  for (let directory = path; first !== undefined && directory.length >= first.length; directory = dirname(directory)) {
    await flushDirectory(dirname(directory));
  }
}
