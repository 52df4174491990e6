import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';

export const flushInPool = promisify(fsync);

/** Flushes of one directory in the thread pool. Who comes while one runs shares the next: it may have begun before the change. */
export class SharedFlush {
  readonly #directory: string;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  flush(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(() => this.#start());
    return this.#next;
  }

  #start(): Promise<void> {
    this.#next = undefined;
    const running = this.#flushDirectory().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #flushDirectory(): Promise<void> {
    const directory = openSync(this.#directory, 'r');
    await flushInPool(directory);
    closeSync(directory);
  }
}
