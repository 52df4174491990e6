import type { DriverCapabilities } from '../driver/capabilities.js';
import { createDriver } from '../driver/create-driver.js';
import type { Document, Version } from '../driver/document.js';
import type { BackendCall, DriverBackend, LockService } from '../driver/driver-backend.js';
import type { Health } from '../driver/health.js';
import { invalidArgument } from '../driver/invalid-argument.js';
import type { PersistDriver } from '../driver/persist-driver.js';

/** Turns a document into what another driver stores in its place, and back. */
export interface DocumentCodec {
  /** What `health()` tells about it. No secrets. */
  readonly facts: Health['facts'];
  /** How many bytes the stored form has more than the document, at most. */
  readonly overhead: number;
  encode(key: string, data: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /**
   * @param maxBytes no document is longer
   * @throws PersistError, without `driver`, `operation` and `key`
   */
  decode(key: string, stored: Uint8Array, maxBytes: number): Uint8Array | Promise<Uint8Array>;
}

/**
 * A driver that stores documents in another form in the driver `inner`, which it owns: closing it closes
 * `inner`. Versions, conditions, listings, locks and changes are those of `inner`, and so is its name.
 * @throws `INVALID_ARGUMENT` if `inner` is no driver
 */
export function encodedDriver(inner: PersistDriver, codec: DocumentCodec): PersistDriver {
  if (Object(inner).specVersion !== 1) throw invalidArgument('driver', inner, 'a PersistDriver');
  return createDriver(new EncodedBackend(inner, codec));
}

class EncodedBackend implements DriverBackend {
  readonly name: string;
  readonly capabilities: DriverCapabilities;
  readonly locks: LockService;
  readonly isTraced = false;
  readonly watch?: NonNullable<DriverBackend['watch']>;
  readonly check?: NonNullable<DriverBackend['check']>;
  readonly #inner: PersistDriver;
  readonly #codec: DocumentCodec;

  constructor(inner: PersistDriver, codec: DocumentCodec) {
    const { name, capabilities } = inner;
    this.name = name;
    this.capabilities = { ...capabilities, maxDocumentBytes: capabilities.maxDocumentBytes - codec.overhead };
    this.locks = locksOf(inner);
    this.#inner = inner;
    this.#codec = codec;
    const watch = inner.watch?.bind(inner);
    if (watch !== undefined) this.watch = (prefix, call) => watch(withoutSlash(prefix), call);
    const check = inner.check?.bind(inner);
    if (check !== undefined) this.check = check;
  }

  async read(key: string, call: BackendCall): Promise<Document | undefined> {
    const document = await this.#inner.read(key, call);
    if (document === undefined) return undefined;
    const data = await this.#codec.decode(key, document.data, this.capabilities.maxDocumentBytes);
    return { data, version: document.version };
  }

  async write(
    key: string,
    data: Uint8Array,
    call: BackendCall & { readonly expect: Version | 'absent' | undefined },
  ): Promise<Version> {
    return this.#inner.write(key, await this.#codec.encode(key, data), call);
  }

  remove(key: string, call: BackendCall & { readonly expect: Version | undefined }): Promise<boolean> {
    return this.#inner.remove(key, call);
  }

  list(prefix: string, call: BackendCall & { readonly after: string | undefined }): AsyncIterable<string> {
    return this.#inner.list(withoutSlash(prefix), call);
  }

  async health(): Promise<Health> {
    const health = await this.#inner.health();
    return { ...health, facts: { ...health.facts, ...this.#codec.facts } };
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** The prefix as the caller gave it, so that errors name it. */
function withoutSlash(prefix: string): string {
  return prefix.replace(/\/$/, '');
}

/** They are released when `inner` closes. */
function locksOf(inner: PersistDriver): LockService {
  return {
    lock: (name, { driver: _, ...options }) => inner.lock(name, options),
    inspect: (call) => inner.inspectLocks(call),
    breakLock: (name, holder) => inner.breakLock(name, { holder }),
    close: async () => {},
  };
}
