import type { Version } from '../driver/document.js';
import { checkKey } from '../driver/key.js';
import type { CallOptions, PersistDriver } from '../driver/persist-driver.js';
import { checkRemoveCondition, checkSaveCondition } from './check-revision.js';
import type { DestroyOptions, SaveOptions } from './snapshot.js';
import { storeCall, storeListing } from './store-call.js';

/**
 * Bytes that belong to no sandbox, by name. A name has the form of a key: one or more segments joined
 * by `/`. Every method rejects with `INVALID_ARGUMENT` for another name, before any I/O.
 */
export class Globals {
  readonly #driver: PersistDriver;
  readonly #prefix: string;

  /** @internal */
  constructor(driver: PersistDriver, prefix: string) {
    this.#driver = driver;
    this.#prefix = prefix;
  }

  /** Replaces the whole of it, atomically, and gives its revision. @throws `CONFLICT` */
  async write(name: string, bytes: Uint8Array, options: SaveOptions = {}): Promise<Version> {
    return this.#call('globals.write', name, options, (key) => {
      const { ifRevision, signal } = options;
      checkSaveCondition(ifRevision);
      return this.#driver.write(key, bytes, { expect: ifRevision, signal });
    });
  }

  /** The bytes, which nothing else holds; undefined if there are none. */
  async read(name: string, options: CallOptions = {}): Promise<Uint8Array | undefined> {
    return this.#call('globals.read', name, options, async (key) => {
      return (await this.#driver.read(key, { signal: options.signal }))?.data;
    });
  }

  /** Whether there was one. @throws `CONFLICT` */
  async remove(name: string, options: DestroyOptions = {}): Promise<boolean> {
    return this.#call('globals.remove', name, options, (key) => {
      const { ifRevision, signal } = options;
      checkRemoveCondition(ifRevision);
      return this.#driver.remove(key, { expect: ifRevision, signal });
    });
  }

  /** The names, each once, in ascending byte order. */
  list(options: CallOptions = {}): AsyncIterable<string> {
    return storeListing(this.#driver, { operation: 'globals.list', prefix: this.#prefix, options });
  }

  #call<T>(operation: string, name: string, options: CallOptions, run: (key: string) => Promise<T>): Promise<T> {
    return storeCall(this.#driver, { operation, prefix: this.#prefix, subject: name, options }, async (key) => {
      checkKey(name, 'global name');
      return run(key);
    });
  }
}
