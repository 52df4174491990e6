import {
  type CallOptions,
  checkSegment,
  invalidArgument,
  type Lock,
  type PersistDriver,
  storeCall,
  storeListing,
} from '@sandkeep/persist-api';
import type { DeviceTypes, KataDeviceTypes } from '../devices/device-types.js';
import { itemSchemas } from '../items/item-schemas.js';
import { removeBelow } from './below-prefix.js';
import { ContainerItemStore } from './container-item-store.js';
import { ItemCodecs } from './item-codecs.js';
import { type CompleteDrivers, completeDrivers, type ItemDrivers } from './item-drivers.js';
import { type ItemEntry, parseEntry } from './item-entry.js';
import { ItemLocks } from './item-locks.js';
import { ItemPlace, sandboxesPrefix, uuidPrefix } from './item-place.js';
import { SandboxItemStore } from './sandbox-item-store.js';

/** How an {@link ItemStore} names its documents and reads devices. */
export interface ItemStoreOptions<OwnTypes extends DeviceTypes = {}> {
  /**
   * One segment of a key. Stores with different namespaces on one driver know nothing of each other.
   * @default 'default'
   */
  readonly namespace?: string | undefined;
  /**
   * Types of devices besides {@link kataDeviceTypes}, by the name that Kata's JSON has for them: the zod
   * schema of the data, which only checks. Fields are named in JSON as Kata names its own: `hostPath` is
   * `HostPath`, `id` is `ID`.
   */
  readonly deviceTypes?: OwnTypes | undefined;
}

/**
 * Kata's item store on any driver: small documents, one for each item of each sandbox and container, in the
 * JSON that Kata writes.
 *
 *     const items = new ItemStore({ config: await openDriver('file:///var/lib/vc-items'), state: await openDriver('file:///run/vc-items') });
 *     await items.forSandbox('web').store('state', { state: 'ready', guestMemoryBlockSize: 128 });
 *     await items.forContainer('web', 'web-1').load('mounts');
 *
 * Ids are segments of keys: `[A-Za-z0-9][A-Za-z0-9_.-]*`, at most 255 bytes. Opening a store, or asking for
 * a sandbox or container, reads and writes nothing.
 */
export class ItemStore<OwnTypes extends DeviceTypes = {}> implements AsyncDisposable {
  readonly #drivers: CompleteDrivers;
  readonly #namespace: string;
  readonly #codecs: Readonly<Record<'sandbox' | 'container', ItemCodecs>>;
  readonly #locks = new ItemLocks();

  /**
   * @param drivers one driver for everything, or one for each root; they stay their owner's
   * @throws `INVALID_ARGUMENT`
   */
  constructor(drivers: PersistDriver | ItemDrivers, options: ItemStoreOptions<OwnTypes> = {}) {
    if (typeof options !== 'object' || options === null) throw invalidArgument('options', options, 'an object');
    const { namespace = 'default' } = options;
    const deviceTypes: DeviceTypes = options.deviceTypes ?? {};
    this.#drivers = completeDrivers(drivers);
    checkSegment(namespace, 'namespace');
    for (const [type, schema] of Object.entries(deviceTypes)) {
      if (typeof schema?.safeParse !== 'function') throw invalidArgument(`deviceTypes.${type}`, schema, 'a zod schema');
    }
    this.#namespace = namespace;
    const { sandbox, container } = itemSchemas(deviceTypes);
    this.#codecs = { sandbox: new ItemCodecs(sandbox), container: new ItemCodecs(container) };
  }

  /** The items of a sandbox, which need not exist. @throws `INVALID_ARGUMENT` for an id that is no segment of a key */
  forSandbox(sandboxId: string): SandboxItemStore<OwnTypes & KataDeviceTypes> {
    const place = new ItemPlace(this.#namespace, sandboxId);
    return new SandboxItemStore(this.#drivers, this.#locks, this.#codecs.sandbox, place);
  }

  /** The items of a container. @throws `INVALID_ARGUMENT` for an id that is no segment of a key */
  forContainer(sandboxId: string, containerId: string): ContainerItemStore<OwnTypes & KataDeviceTypes> {
    checkSegment(containerId, 'container id');
    const place = new ItemPlace(this.#namespace, sandboxId, containerId);
    return new ContainerItemStore(this.#drivers, this.#locks, this.#codecs.container, place);
  }

  /**
   * The ids of the sandboxes that anything is stored of in `config` or `state`, each once, in ascending order.
   * They are gathered before the first is given.
   */
  async *list(options: CallOptions = {}): AsyncGenerator<string, void, undefined> {
    const ids = new Set<string>();
    for (const root of ['config', 'state'] as const) {
      const prefix = sandboxesPrefix(this.#namespace, root);
      for await (const rest of storeListing(this.#drivers[root], { operation: 'list', prefix, options })) {
        ids.add(rest.slice(0, rest.indexOf('/')));
      }
    }
    yield* [...ids].sort();
  }

  /** Everything that is stored: first what is in `config`, then in `state`, then in `uuid`. */
  async *entries(options: CallOptions = {}): AsyncGenerator<ItemEntry, void, undefined> {
    for (const root of ['config', 'state'] as const) {
      const prefix = sandboxesPrefix(this.#namespace, root);
      for await (const rest of storeListing(this.#drivers[root], { operation: 'entries', prefix, options })) {
        const entry = parseEntry(rest);
        if (entry !== undefined) yield entry;
      }
    }
    const call = { operation: 'entries', prefix: uuidPrefix(this.#namespace), options };
    for await (const name of storeListing(this.#drivers.uuid, call)) {
      if (name === 'uuid') yield { sandboxId: undefined, containerId: undefined, name };
    }
  }

  /** @internal The handle of what an entry belongs to. */
  scopeOf({ sandboxId = 'any', containerId }: ItemEntry) {
    return containerId === undefined ? this.forSandbox(sandboxId) : this.forContainer(sandboxId, containerId);
  }

  /** Removes every sandbox of the namespace: first from `config`, then from `state`. The item `uuid` stays. */
  async deleteAll(options: CallOptions = {}): Promise<void> {
    for (const root of ['config', 'state'] as const) {
      const driver = this.#drivers[root];
      const prefix = sandboxesPrefix(this.#namespace, root);
      const call = { operation: 'deleteAll', prefix, subject: '', options };
      await storeCall(driver, call, () => removeBelow(driver, prefix, options));
    }
  }

  /**
   * The lock that was taken through this store under a token, with its fence and the signal that tells its
   * loss; undefined once it was given back.
   */
  heldLock(token: string): Lock | undefined {
    return this.#locks.get(token);
  }

  /** Gives up the locks that were taken through this store. The drivers stay open. */
  async close(): Promise<void> {
    await this.#locks.giveBackAll();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
