import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { flushInPool, SharedFlush } from './shared-flush.js';

/**
 * What a careful program would do by hand: write a temporary file, flush it, rename it, flush the
 * directory. It neither compares versions nor survives a second writer.
 */
export class BareFiles {
  readonly #directory: string;
  readonly #shared: SharedFlush;

  constructor(directory: string) {
    this.#directory = directory;
    this.#shared = new SharedFlush(directory);
  }

  /** Only the flushes in the thread pool, and those of the directory shared with other calls. */
  async replaceFlushedInPool(name: string, data: Uint8Array): Promise<void> {
    const path = join(this.#directory, name);
    const file = openSync(`${path}.tmp`, 'w', 0o600);
    writeSync(file, data);
    await flushInPool(file);
    closeSync(file);
    renameSync(`${path}.tmp`, path);
    await this.#shared.flush();
  }

  async replace(name: string, data: Uint8Array | string): Promise<void> {
    const path = join(this.#directory, name);
    const file = await open(`${path}.tmp`, 'w', 0o600);
    await file.writeFile(data);
    await file.sync();
    await file.close();
    await rename(`${path}.tmp`, path);
    await this.#flush();
  }

  replaceSync(name: string, data: Uint8Array | string): void {
    const path = join(this.#directory, name);
    const file = openSync(`${path}.tmp`, 'w', 0o600);
    writeSync(file, data as string);
    fsyncSync(file);
    closeSync(file);
    renameSync(`${path}.tmp`, path);
    this.#flushSync();
  }

  read(name: string): Promise<string> {
    return readFile(join(this.#directory, name), 'utf8');
  }

  readSync(name: string): string {
    return readFileSync(join(this.#directory, name), 'utf8');
  }

  async remove(name: string): Promise<void> {
    await unlink(join(this.#directory, name));
    await this.#flush();
  }

  removeSync(name: string): void {
    unlinkSync(join(this.#directory, name));
    this.#flushSync();
  }

  isThere(name: string): boolean {
    return existsSync(join(this.#directory, name));
  }

  claimSync(name: string): void {
    closeSync(openSync(join(this.#directory, name), 'wx', 0o600));
  }

  unclaimSync(name: string): void {
    unlinkSync(join(this.#directory, name));
  }

  async claim(name: string): Promise<void> {
    await (await open(join(this.#directory, name), 'wx', 0o600)).close();
  }

  unclaim(name: string): Promise<void> {
    return unlink(join(this.#directory, name));
  }

  async #flush(): Promise<void> {
    const parent = await open(this.#directory, 'r');
    await parent.sync();
    await parent.close();
  }

  #flushSync(): void {
    const parent = openSync(this.#directory, 'r');
    fsyncSync(parent);
    closeSync(parent);
  }
}
