import { checkSegment, type PersistDriver, PersistError, SandboxStore } from '@sandkeep/persist-api';
import type { GlobalOptions } from './global-options.js';
import { decodeStoredSandbox, type StoredSandbox } from './stored-sandbox.js';

/** The store on a driver as a command sees it that knows nothing of the runtime, its schema and its formats. */
export class AnyStore {
  readonly #driver: PersistDriver;
  readonly #namespace: string;
  readonly #store: SandboxStore;

  /** @throws `INVALID_ARGUMENT` for a bad namespace */
  constructor(driver: PersistDriver, { namespace = 'default' }: GlobalOptions) {
    this.#driver = driver;
    this.#namespace = namespace;
    this.#store = new SandboxStore(driver, { namespace });
  }

  /** The ids, in ascending order; sandboxes that cannot be read are among them. */
  list(): AsyncIterable<string> {
    return this.#store.list();
  }

  /** @returns undefined if there is no such sandbox. @throws `CORRUPT`, `FORMAT_UNSUPPORTED` */
  async find(id: string): Promise<StoredSandbox | undefined> {
    checkSegment(id, 'sandbox id');
    const key = `${this.#namespace}/sandboxes/${id}`;
    const document = await this.#driver.read(key);
    return document && decodeStoredSandbox(id, key, document);
  }

  /** As {@link find}. @throws `NOT_FOUND` if there is no such sandbox */
  async load(id: string): Promise<StoredSandbox> {
    const found = await this.find(id);
    if (found === undefined) throw new PersistError('NOT_FOUND', `there is no sandbox ${id}`);
    return found;
  }
}
