import {
  checkSegment,
  type PersistDriver,
  type SandboxChange,
  SandboxStore,
  type WatchOptions,
} from '@sandkeep/persist-api';
import type { GlobalOptions } from './global-options.js';
import { openChosenDriver } from './open-chosen-driver.js';
import type { SandboxSource } from './sandbox-source.js';
import { decodeStoredSandbox, type StoredSandbox } from './stored-sandbox.js';

/** The store on a driver as a command sees it that knows nothing of the runtime, its schema and its formats. */
export class AnyStore implements SandboxSource {
  readonly #driver: PersistDriver;
  readonly #namespace: string;
  readonly #store: SandboxStore;

  private constructor(driver: PersistDriver, namespace: string) {
    this.#driver = driver;
    this.#namespace = namespace;
    this.#store = new SandboxStore(driver, { namespace });
  }

  /** Opens the chosen driver. @throws `INVALID_ARGUMENT` for a bad namespace; else as `openChosenDriver` */
  static async open({ namespace = 'default', ...options }: GlobalOptions): Promise<AnyStore> {
    checkSegment(namespace, 'namespace');
    return new AnyStore(await openChosenDriver(options), namespace);
  }

  list(): AsyncIterable<string> {
    return this.#store.list();
  }

  /** As the store's own. */
  watch(options: WatchOptions): AsyncIterable<SandboxChange> {
    return this.#store.watch(options);
  }

  async find(id: string): Promise<StoredSandbox | undefined> {
    checkSegment(id, 'sandbox id');
    const key = `${this.#namespace}/sandboxes/${id}`;
    const document = await this.#driver.read(key);
    return document && decodeStoredSandbox(id, key, document);
  }

  /** @throws `CONFLICT` if it was changed or removed meanwhile */
  async remove({ id, revision }: StoredSandbox): Promise<void> {
    await this.#store.destroy(id, { ifRevision: revision });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver[Symbol.asyncDispose]();
  }
}
