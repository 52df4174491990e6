import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { temporaryDirectory } from './temporary-directory.js';
import { requireTool } from './tools.js';

export const smallFileSystems = ['tmpfs', 'ext4'] as const;

/**
 * An empty file system of a few megabytes, mounted until the test ends: tmpfs, or ext4 with a journal
 * on a loop device. Without the right to mount, the test is skipped with that reason.
 */
export function mountSmall(type: (typeof smallFileSystems)[number], { skip }: TestContext): string {
  if (process.getuid?.() !== 0) skip('only root can mount a small file system: a full disk is not verified');
  const base = temporaryDirectory();
  const directory = join(base, 'mounted');
  mkdirSync(directory);
  if (type === 'tmpfs') mount(['-t', 'tmpfs', '-o', 'size=1m,nr_inodes=400', 'tmpfs', directory]);
  else {
    requireTool('mkfs.ext4', 'e2fsprogs');
    const image = join(base, 'image');
    writeFileSync(image, '');
    truncateSync(image, 8 * 1024 * 1024);
    execFileSync('mkfs.ext4', ['-q', image], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    });
    mount(['-o', 'loop', image, directory]);
  }
  onTestFinished(() => void execFileSync('umount', [directory]));
  return directory;
}

function mount(args: readonly string[]): void {
  execFileSync('mount', args);
}
