import type { CallOptions, PersistDriver, Version } from '@sandkeep/persist-api';

/** Bytes of the caller's own among the items of a sandbox or container: what Kata keeps as a file under `raw/`. */
export class RawItem {
  /** The name under `raw/`. */
  readonly id: string;
  /** The key of the document in the driver of the root `state`. */
  readonly key: string;
  readonly #driver: PersistDriver;

  /** @internal */
  constructor(driver: PersistDriver, prefix: string, id: string) {
    this.id = id;
    this.key = prefix + id;
    this.#driver = driver;
  }

  /** The bytes; none if nothing was written. Undefined if it was removed. */
  async read(options: CallOptions = {}): Promise<Uint8Array | undefined> {
    return (await this.#driver.read(this.key, options))?.data;
  }

  /** Replaces the bytes, atomically. */
  write(bytes: Uint8Array, options: CallOptions = {}): Promise<Version> {
    return this.#driver.write(this.key, bytes, { signal: options.signal });
  }

  /** Whether it was there. */
  remove(options: CallOptions = {}): Promise<boolean> {
    return this.#driver.remove(this.key, { signal: options.signal });
  }
}
