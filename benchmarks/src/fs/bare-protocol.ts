import { closeSync, fsync, mkdirSync, openSync, renameSync, rmdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const flush = promisify(fsync);

/**
 * The calls of the directory driver's write, and nothing around them: no header, no checksum, no comparing, no checks.
 * Flushes go to the thread pool, and those of the directory are shared.
 */
export class BareProtocol {
  readonly #documents: string;
  readonly #staged: string;
  readonly #slots: string;
  readonly #flushes: boolean;
  #attempts = 0;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param flushes whether there is anything to flush to */
  constructor(directory: string, flushes: boolean) {
    this.#flushes = flushes;
    this.#documents = join(directory, 'documents');
    this.#staged = join(directory, 'staged');
    this.#slots = join(directory, 'slots');
    for (const each of [this.#documents, this.#staged, this.#slots]) mkdirSync(each, { recursive: true });
  }

  async replace(name: string, data: Uint8Array): Promise<void> {
    this.#attempts += 1;
    const attempt = `${this.#staged}/${this.#attempts}`;
    const file = openSync(`${attempt}.draft`, 'wx', 0o600);
    writeSync(file, data);
    if (this.#flushes) await flush(file);
    closeSync(file);
    mkdirSync(attempt, { mode: 0o700 });
    renameSync(`${attempt}.draft`, `${attempt}/document`);
    const slot = `${this.#slots}/${name}`;
    renameSync(attempt, slot);
    renameSync(`${slot}/document`, `${this.#documents}/${name}`);
    rmdirSync(slot);
    if (this.#flushes) await this.#flushed();
  }

  #flushed(): Promise<void> {
    if (this.#running !== undefined) {
      this.#next ??= this.#running.then(() => this.#flush());
      return this.#next;
    }
    return this.#flush();
  }

  #flush(): Promise<void> {
    this.#next = undefined;
    const running = this.#flushDocuments().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #flushDocuments(): Promise<void> {
    const directory = openSync(this.#documents, 'r');
    await flush(directory);
    closeSync(directory);
  }
}
