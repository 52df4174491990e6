import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** A tree as text, one line a path in byte order: type, mode, owner, size or device, mtime, and what is in it. */
export function listTree(root: string): string[] {
  const lines: string[] = [];
  const walk = (name: string) => {
    const path = join(root, name);
    const stats = lstatSync(path);
    lines.push(`${name || '.'} ${describe(path, stats)}`);
    if (!stats.isDirectory()) return;
    for (const child of readdirSync(path).sort()) walk(join(name, child));
  };
  walk('');
  return lines;
}

function describe(path: string, stats: Stats): string {
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  const owner = `${stats.uid}:${stats.gid}`;
  const mtime = stats.mtimeMs / 1000;
  if (stats.isSymbolicLink()) return `link ${owner} ${mtime} -> ${readlinkSync(path)}`;
  if (stats.isDirectory()) return `directory ${mode} ${owner} ${mtime}`;
  if (stats.isFIFO()) return `fifo ${mode} ${owner} ${mtime}`;
  if (stats.isCharacterDevice()) return `character ${mode} ${owner} ${mtime} ${stats.rdev}`;
  if (stats.isBlockDevice()) return `block ${mode} ${owner} ${mtime} ${stats.rdev}`;
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12);
  return `file ${mode} ${owner} ${mtime} ${stats.size} ${digest}`;
}
