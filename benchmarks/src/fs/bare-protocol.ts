import { closeSync, mkdirSync, openSync, renameSync, rmdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { flushInPool, SharedFlush } from './shared-flush.js';

/**
 * The calls of the directory driver's write, and nothing around them: no header, no checksum, no comparing, no checks.
 * As there, a file that is not flushed is made in its place at once.
 */
export class BareProtocol {
  readonly #documents: string;
  readonly #staged: string;
  readonly #slots: string;
  readonly #flush: SharedFlush | undefined;
  #attempts = 0;

  /** @param flushes whether there is anything to flush to */
  constructor(directory: string, flushes: boolean) {
    this.#documents = join(directory, 'documents');
    this.#staged = join(directory, 'staged');
    this.#slots = join(directory, 'slots');
    for (const each of [this.#documents, this.#staged, this.#slots]) mkdirSync(each, { recursive: true });
    this.#flush = flushes ? new SharedFlush(this.#documents) : undefined;
  }

  async replace(name: string, data: Uint8Array): Promise<void> {
    this.#attempts += 1;
    const attempt = `${this.#staged}/${this.#attempts}`;
    if (this.#flush === undefined) {
      mkdirSync(attempt, { mode: 0o700 });
      this.#write(`${attempt}/document`, data);
    } else {
      await this.#writeFlushed(`${attempt}.draft`, data);
      mkdirSync(attempt, { mode: 0o700 });
      renameSync(`${attempt}.draft`, `${attempt}/document`);
    }
    const slot = `${this.#slots}/${name}`;
    renameSync(attempt, slot);
    renameSync(`${slot}/document`, `${this.#documents}/${name}`);
    rmdirSync(slot);
    await this.#flush?.flush();
  }

  #write(path: string, data: Uint8Array): void {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, data);
    closeSync(file);
  }

  async #writeFlushed(path: string, data: Uint8Array): Promise<void> {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, data);
    await flushInPool(file);
    closeSync(file);
  }
}
