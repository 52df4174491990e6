import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the directory driver is measured. */
export interface Place {
  /** A segment of the ids of its sections. */
  readonly name: string;
  readonly title: string;
  /** Flushing does nothing here, so that synchronous calls are the fastest. */
  readonly inMemory: boolean;
  /** Gives a fresh directory. */
  open(): OpenPlace;
}

export interface OpenPlace {
  readonly directory: string;
  close(): void;
}

export const tmpfs: Place = { name: 'tmpfs', title: 'tmpfs', inMemory: true, open: () => below('/dev/shm') };
export const disk: Place = { name: 'disk', title: 'disk', inMemory: false, open: () => below(tmpdir()) };

/** An ext4 with a journal in a file, which the disk itself may not have. Needs root. */
export const journaled: Place = {
  name: 'ext4',
  title: 'ext4 with a journal, on a loop device',
  inMemory: false,
  open() {
    const { directory: home, close } = below(tmpdir());
    const image = join(home, 'image');
    const directory = join(home, 'mounted');
    execFileSync('truncate', ['-s', '1G', image]);
    execFileSync('mkfs.ext4', ['-q', '-F', image]);
    execFileSync('mkdir', [directory]);
    execFileSync('mount', ['-o', 'loop', image, directory]);
    return {
      directory,
      close() {
        execFileSync('umount', [directory]);
        close();
      },
    };
  },
};

export function elsewhere(directory: string, index: number): Place {
  return { name: `dir${index + 1}`, title: directory, inMemory: false, open: () => below(directory) };
}

function below(parent: string): OpenPlace {
  const directory = mkdtempSync(join(parent, 'sandkeep-bench-'));
  return { directory, close: () => rmSync(directory, { recursive: true, force: true }) };
}
