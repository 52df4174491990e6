import { mkdirSync } from 'node:fs';

/**
 * Makes a directory and those above it, each unless it is there.
 *
 * Synchronous, as `mkdir` of `node:fs/promises` says ENOENT on a full disk with Node 20.
 */
export function makePath(path: string, mode = 0o700): void {
  mkdirSync(path, { recursive: true, mode });
}
