import {
  chmodSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  type Stats,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from '../exec-file.js';
import type { FileEntry, LayerEntry } from './layer-entry.js';
import { noLosses } from './losses.js';
import { refusedEntry } from './refused-entry.js';
import { statsOf, TreeRoot } from './tree-root.js';

const isRoot = process.geteuid?.() === 0;

/**
 * Applies the entries of one layer to a tree that holds what the layers below made.
 *
 * An entry replaces what is at its path, except a directory that meets a directory; a whiteout removes
 * only what this layer did not put there itself. Parents are resolved inside the tree, the last part of a
 * path is never followed, and owner, mode and times are set in this order, those of directories at the end.
 * The calls are synchronous where each is short; contents, device nodes and the removal of trees are waited for.
 */
export class TreeWriter {
  readonly losses = noLosses();
  readonly #root: TreeRoot;
  /** The real paths that this layer made, and the directories above them. */
  readonly #own = new Set<string>();
  readonly #directories = new Map<string, FileEntry>();

  /** @param root the tree's directory, which exists */
  constructor(root: string) {
    this.#root = new TreeRoot(root);
  }

  /**
   * @param content the bytes of a file
   * @throws `INVALID_ARGUMENT` naming the entry, which has changed nothing outside the tree
   */
  async apply(entry: LayerEntry, content: AsyncIterable<unknown>): Promise<void> {
    try {
      if (entry.kind === 'whiteout') await this.#removeOthers(this.#find(entry));
      else if (entry.kind === 'opaque') await this.#removeOthersIn(this.#find(entry));
      else await this.#make(entry, content);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENAMETOOLONG' || code === 'ELOOP') throw refusedEntry(entry.name, message, error);
      throw error;
    }
  }

  /** Sets owner, mode and times of the directories, the innermost first. */
  finish(): void {
    for (const [path, entry] of [...this.#directories].reverse()) this.#setAttributes(entry, path);
  }

  #find({ name, parts }: LayerEntry): string | undefined {
    return parts.length === 0 ? this.#root.path : this.#root.find(name, parts);
  }

  async #make(entry: FileEntry, content: AsyncIterable<unknown>): Promise<void> {
    const target = entry.kind === 'hardlink' ? this.#linkTarget(entry) : '';
    const path = entry.parts.length === 0 ? this.#root.path : this.#root.place(entry.name, entry.parts);
    if (target !== '' && `${target}/`.startsWith(`${path}/`)) {
      throw refusedEntry(entry.name, 'it is a hard link to itself, or to what it would replace');
    }
    const there = statsOf(path);
    const merges = entry.kind === 'directory' && there?.isDirectory() === true;
    if (there !== undefined && !merges) await this.#remove(path, there);
    this.#claim(path);
    if (entry.hasAttributes) this.losses.attributes += 1;
    switch (entry.kind) {
      case 'directory':
        if (!merges) mkdirSync(path, { mode: 0o700 });
        this.#directories.delete(path);
        this.#directories.set(path, entry);
        return;
      case 'hardlink':
        linkSync(target, path);
        return;
      case 'symlink':
        symlinkSync(entry.linkTarget, path);
        this.#root.forget();
        break;
      case 'file':
        await writeNewFile(path, content);
        break;
      default:
        if (!(await this.#makeNode(entry, path))) return;
    }
    this.#setAttributes(entry, path);
  }

  /** The file that a hard link is another name of. */
  #linkTarget({ name, linkTarget, linkParts }: FileEntry): string {
    const path = this.#root.find(name, linkParts);
    const stats = path === undefined ? undefined : statsOf(path);
    if (path === undefined || stats === undefined) {
      throw refusedEntry(name, `it is a hard link to ${JSON.stringify(linkTarget)}, which is not there`);
    }
    if (stats.isDirectory())
      throw refusedEntry(name, `it is a hard link to the directory ${JSON.stringify(linkTarget)}`);
    return path;
  }

  /** False if this process may not make it, or it would mean something else to overlayfs. */
  async #makeNode({ kind, major, minor }: FileEntry, path: string): Promise<boolean> {
    if (kind === 'fifo') {
      await execFile('mkfifo', ['-m', '600', path]);
      return true;
    }
    const isWhiteoutOfOverlayfs = kind === 'character' && major === 0 && minor === 0;
    const made =
      isRoot && !isWhiteoutOfOverlayfs && (await tryMakeDevice(path, kind === 'block' ? 'b' : 'c', major, minor));
    if (!made) this.losses.devices += 1;
    return made;
  }

  #setAttributes({ kind, mode, uid, gid, mtime }: FileEntry, path: string): void {
    if (isRoot) lchownSync(path, uid, gid);
    else if (uid !== process.geteuid?.() || gid !== process.getegid?.()) this.losses.owners += 1;
    if (kind === 'symlink') {
      lutimesSync(path, mtime, mtime);
      return;
    }
    const needed = isRoot ? 0 : kind === 'directory' ? 0o700 : 0o600;
    if ((mode & needed) !== needed) this.losses.modes += 1;
    chmodSync(path, mode | needed);
    utimesSync(path, mtime, mtime);
  }

  #claim(path: string): void {
    for (let at = path; at.length >= this.#root.path.length && !this.#own.has(at); at = join(at, '..'))
      this.#own.add(at);
  }

  async #removeOthers(path: string | undefined): Promise<void> {
    const stats = path === undefined ? undefined : statsOf(path);
    if (path === undefined || stats === undefined) return;
    if (!this.#own.has(path)) await this.#remove(path, stats);
    else if (stats.isDirectory()) await this.#removeOthersIn(path);
  }

  async #removeOthersIn(path: string | undefined): Promise<void> {
    if (path === undefined || !statsOf(path)?.isDirectory()) return;
    for (const name of readdirSync(path)) await this.#removeOthers(join(path, name));
  }

  /** Removes a tree without holding the event loop, which has leases to renew. */
  async #remove(path: string, stats: Stats): Promise<void> {
    await rm(path, { recursive: true, force: true });
    if (stats.isFile()) return;
    this.#root.forget();
    for (const own of this.#own) if (own === path || own.startsWith(`${path}/`)) this.#own.delete(own);
    for (const directory of this.#directories.keys()) {
      if (directory === path || directory.startsWith(`${path}/`)) this.#directories.delete(directory);
    }
  }
}

async function writeNewFile(path: string, content: AsyncIterable<unknown>): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  for await (const chunk of content) await file.writeFile(chunk as Buffer);
}

async function tryMakeDevice(path: string, type: 'b' | 'c', major: number, minor: number): Promise<boolean> {
  try {
    await execFile('mknod', ['-m', '600', path, type, String(major), String(minor)]);
    return true;
  } catch (error) {
    if (/not permitted/.test((error as Error).message)) return false;
    throw error;
  }
}
