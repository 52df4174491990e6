import { randomBytes } from 'node:crypto';
import {
  type CallOptions,
  callersOwn,
  checkSaveCondition,
  checkSegment,
  invalidArgument,
  type LockOptions,
  type PersistDriver,
  PersistError,
  retryConflicts,
  type SaveOptions,
  storeCall,
  storeListing,
  type TraceContext,
  unlessConflict,
  type Version,
} from '@sandkeep/persist-api';
import type { Device, DeviceTypes } from '../devices/device-types.js';
import type { ContainerItems, SandboxItems } from '../items/item-schemas.js';
import { checkDataItem, checkItem, type DataItem, type KataItem, rootOf } from '../items/kata-item.js';
import { anyBelow, removeBelow } from './below-prefix.js';
import type { ItemCodecs } from './item-codecs.js';
import type { CompleteDrivers } from './item-drivers.js';
import type { ItemLocks } from './item-locks.js';
import type { ItemPlace } from './item-place.js';
import { RawItem } from './raw-item.js';

/** How a lock is taken: {@link LockOptions}, but the mode is that of the method. */
export type ItemLockOptions = Omit<LockOptions, 'mode'>;

/** How an item is updated. */
export interface UpdateOptions<Value> extends CallOptions {
  /** What to begin with if there is no such item. @default the update is `NOT_FOUND` then */
  readonly initial?: Value | undefined;
}

/**
 * The items of one sandbox or container: Kata's `VCStore`. Making it reads and writes nothing; any number of
 * them for the same ids, in any number of processes, are one.
 *
 * Every method rejects with a {@link PersistError} or, when aborted, with the signal's reason.
 */
export abstract class ItemScope<Types extends DeviceTypes, Items extends SandboxItems<Types> | ContainerItems<Types>> {
  readonly #drivers: CompleteDrivers;
  readonly #locks: ItemLocks;
  /** @internal */
  readonly codecs: ItemCodecs;
  /** @internal */
  protected readonly place: ItemPlace;

  /** @internal */
  constructor(drivers: CompleteDrivers, locks: ItemLocks, codecs: ItemCodecs, place: ItemPlace) {
    this.#drivers = drivers;
    this.#locks = locks;
    this.codecs = codecs;
    this.place = place;
  }

  get sandboxId(): string {
    return this.place.sandboxId;
  }

  /**
   * Replaces an item, in one write, and gives its revision. The data is checked and encoded before any I/O:
   * a refused one changes nothing.
   * @throws `INVALID_ARGUMENT` that names the field, its value and what was expected
   * @throws `CONFLICT` if `ifRevision` does not hold
   */
  async store<Item extends DataItem>(item: Item, data: Items[Item], options: SaveOptions = {}): Promise<Version> {
    return this.#call('store', item, options, async (driver, key, trace) => {
      const { ifRevision, signal } = options;
      checkSaveCondition(ifRevision);
      checkDataItem(item);
      const bytes = this.codecs.encode(item, data);
      trace.bytes = bytes.byteLength;
      return driver.write(key, bytes, { expect: ifRevision, signal });
    });
  }

  /**
   * The latest data of an item: a copy that nothing else holds.
   * @throws `NOT_FOUND` if there is none
   * @throws `CORRUPT` if what is stored is damaged, or not what the item holds, naming the key and the field
   */
  async load<Item extends DataItem>(item: Item, options: CallOptions = {}): Promise<Items[Item]> {
    return this.#call('load', item, options, async (driver, key, trace) => {
      checkDataItem(item);
      const { data } = (await driver.read(key, { signal: options.signal })) ?? this.#throwNotFound(item);
      trace.bytes = data.byteLength;
      return this.codecs.decode(item, `the document ${key}`, data) as Items[Item];
    });
  }

  /** As {@link load}, but undefined if there is none. A damaged item is still `CORRUPT`. */
  async find<Item extends DataItem>(item: Item, options: CallOptions = {}): Promise<Items[Item] | undefined> {
    return this.#call('find', item, options, async (driver, key, trace) => {
      checkDataItem(item);
      const document = await driver.read(key, { signal: options.signal });
      if (document === undefined) return undefined;
      trace.bytes = document.data.byteLength;
      return this.codecs.decode(item, `the document ${key}`, document.data) as Items[Item];
    });
  }

  /**
   * Loads an item, has `mutate` change it in place, and stores it unless somebody else did meanwhile: then
   * all of it is done again, as often as it takes, each time with a fresh draft.
   * @returns what was stored
   * @throws whatever {@link load} and {@link store} throw, except `CONFLICT`; and what `mutate` throws
   */
  async update<Item extends DataItem>(
    item: Item,
    mutate: (draft: Items[Item]) => void | Promise<void>,
    options: UpdateOptions<Items[Item]> = {},
  ): Promise<Items[Item]> {
    return this.#call('update', item, options, (driver, key, trace) => {
      checkDataItem(item);
      const { initial, signal } = options;
      if (typeof mutate !== 'function') throw invalidArgument('mutate', mutate, 'a function');
      const begin = initial === undefined ? undefined : { data: this.codecs.encode(item, initial), version: 'absent' };
      return retryConflicts(signal, async (attempt) => {
        trace.attempt = attempt;
        const { data, version } = (await driver.read(key, { signal })) ?? begin ?? this.#throwNotFound(item);
        const draft = this.codecs.decode(item, `the document ${key}`, data) as Items[Item];
        await callersOwn(() => mutate(draft));
        const bytes = this.codecs.encode(item, draft);
        trace.bytes = bytes.byteLength;
        const stored = await unlessConflict(driver.write(key, bytes, { expect: version, signal }));
        return stored === undefined
          ? undefined
          : (this.codecs.decode(item, `the document ${key}`, bytes) as Items[Item]);
      });
    });
  }

  /** Removes one item, whatever it holds; true if it was there. */
  async remove(item: DataItem, options: CallOptions = {}): Promise<boolean> {
    return this.#call('remove', item, options, (driver, key) => {
      checkDataItem(item);
      return driver.remove(key, { signal: options.signal });
    });
  }

  /** Stores the item `devices`. Devices of unknown type go back as they came. */
  async storeDevices(devices: readonly Device<Types>[], options: SaveOptions = {}): Promise<Version> {
    return this.store('devices', devices as Items['devices'], options);
  }

  /** Loads the item `devices`. @throws as {@link load} */
  async loadDevices(options: CallOptions = {}): Promise<Device<Types>[]> {
    return (await this.load('devices', options)) ?? [];
  }

  /** Takes the exclusive lock. @returns the token for {@link unlock} @throws `LOCK_TIMEOUT` naming the holders */
  async lock(options: ItemLockOptions = {}): Promise<string> {
    return this.itemLock('lock', true, options);
  }

  /** Takes the lock together with others that only read. @returns the token for {@link unlock} */
  async rlock(options: ItemLockOptions = {}): Promise<string> {
    return this.itemLock('lock', false, options);
  }

  /** Gives up what {@link lock} or {@link rlock} took. @throws as {@link itemUnlock} */
  async unlock(token: string): Promise<void> {
    return this.itemUnlock('lock', token);
  }

  /**
   * Takes the lock of an item, which need not exist. It is a lease that renews itself until it is given up,
   * lost (see `ItemStore.heldLock`), or the store or driver is closed. What protects an item from lost updates
   * is {@link update}.
   * @returns a token
   */
  async itemLock(item: KataItem, exclusive: boolean, options: ItemLockOptions = {}): Promise<string> {
    return this.#call('itemLock', item, options, (driver, key) => {
      if (typeof exclusive !== 'boolean') throw invalidArgument('exclusive', exclusive, 'a boolean');
      return this.#locks.take(driver, key, { ...options, mode: exclusive ? 'exclusive' : 'shared' });
    });
  }

  /**
   * Gives up the lock that {@link itemLock} took under a token.
   * @throws `INVALID_ARGUMENT` for an unknown token, or that of another lock, which stays held
   * @throws `LOCK_LOST` if it is known that the lock was lost: others may have held it meanwhile
   */
  async itemUnlock(item: KataItem, token: string): Promise<void> {
    return this.#call('itemUnlock', item, {}, (_driver, key) => this.#locks.giveBack(key, token));
  }

  /**
   * The raw value `id`, which is made, empty, unless it is there.
   * @param id a segment of a key; a new one, `raw-` and 16 hex digits, if it is empty or not given
   * @throws `INVALID_ARGUMENT` for an id that is no segment of a key, such as `../x`
   */
  async raw(id = '', options: CallOptions = {}): Promise<RawItem> {
    const { state } = this.#drivers;
    const name = id === '' ? `raw-${randomBytes(8).toString('hex')}` : id;
    const call = { operation: 'raw', prefix: this.place.rawPrefix, subject: name, options };
    return storeCall(state, call, async (key) => {
      const raw = this.rawItem(name);
      if ((await state.read(key, options)) === undefined) {
        const { signal } = options;
        await unlessConflict(state.write(key, new Uint8Array(), { expect: 'absent', signal }));
      }
      return raw;
    });
  }

  /** @internal The raw value, whether it is there or not. @throws `INVALID_ARGUMENT` */
  rawItem(id: string): RawItem {
    checkSegment(id, 'raw id');
    return new RawItem(this.#drivers.state, this.place.rawPrefix, id);
  }

  /** The ids of the raw values, each once, in ascending order. */
  rawIds(options: CallOptions = {}): AsyncIterable<string> {
    return storeListing(this.#drivers.state, { operation: 'rawIds', prefix: this.place.rawPrefix, options });
  }

  /** Whether anything is stored of it, or of one of its containers, in the roots `config` and `state`. */
  async exists(options: CallOptions = {}): Promise<boolean> {
    return (await this.#inRoots('exists', options, anyBelow)).includes(true);
  }

  /**
   * Removes everything of it, and of its containers: first from `config`, then from `state`. The item `uuid`,
   * which belongs to all sandboxes, stays. True if there was anything. If it fails half-way, repeat it.
   */
  async delete(options: CallOptions = {}): Promise<boolean> {
    return (await this.#inRoots('delete', options, removeBelow)).includes(true);
  }

  async #inRoots<T>(
    operation: string,
    options: CallOptions,
    run: (driver: PersistDriver, prefix: string, options: CallOptions) => Promise<T>,
  ): Promise<T[]> {
    const results: T[] = [];
    for (const root of ['config', 'state'] as const) {
      const driver = this.#drivers[root];
      const prefix = this.place.prefix(root);
      const call = { operation, prefix, subject: '', options };
      results.push(await storeCall(driver, call, () => run(driver, prefix, options)));
    }
    return results;
  }

  #call<T>(
    operation: string,
    item: KataItem,
    options: CallOptions,
    run: (driver: PersistDriver, key: string, trace: TraceContext) => Promise<T>,
  ): Promise<T> {
    const root = rootOf(item);
    const driver = this.#drivers[root];
    const call = { operation, prefix: this.place.itemsPrefix(root), subject: item, options };
    return storeCall(driver, call, async (key, trace) => {
      checkItem(item);
      return run(driver, key, trace);
    });
  }

  #throwNotFound(item: KataItem): never {
    throw new PersistError('NOT_FOUND', `there is no item ${item} of ${this.place.description}`);
  }
}
