import {
  type CallOptions,
  callersOwn,
  checkSaveCondition,
  invalidArgument,
  type PersistDriver,
  PersistError,
  retryConflicts,
  type SaveOptions,
  storeCall,
  type TraceContext,
  unlessConflict,
  type Version,
} from '@sandkeep/persist-api';
import { checkDataItem, checkItem, type DataItem, type KataItem, rootOf } from '../items/kata-item.js';
import type { ItemCodecs } from './item-codecs.js';
import type { CompleteDrivers } from './item-drivers.js';
import type { ItemPlace } from './item-place.js';

/** How an item is updated. */
export interface UpdateOptions<Value> extends CallOptions {
  /** What to begin with if there is no such item. @default the update is `NOT_FOUND` then */
  readonly initial?: Value | undefined;
}

/** The items of one sandbox or container as documents of the drivers. `Items` says what each of them holds. */
export abstract class ItemDocuments<Items extends Readonly<Record<DataItem, unknown>>> {
  /** @internal */
  protected readonly drivers: CompleteDrivers;
  /** @internal */
  protected readonly place: ItemPlace;
  /** @internal */
  readonly codecs: ItemCodecs;

  /** @internal */
  constructor(drivers: CompleteDrivers, codecs: ItemCodecs, place: ItemPlace) {
    this.drivers = drivers;
    this.codecs = codecs;
    this.place = place;
  }

  /**
   * Replaces an item, in one write, and gives its revision. The data is checked and encoded before any I/O:
   * a refused one changes nothing.
   * @throws `INVALID_ARGUMENT` that names the field, its value and what was expected
   * @throws `CONFLICT` if `ifRevision` does not hold
   */
  async store<Item extends DataItem>(item: Item, data: Items[Item], options: SaveOptions = {}): Promise<Version> {
    return this.call('store', item, options, async (driver, key, trace) => {
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
    return this.call('load', item, options, async (driver, key, trace) => {
      checkDataItem(item);
      const { data } = (await driver.read(key, { signal: options.signal })) ?? this.#throwNotFound(item);
      trace.bytes = data.byteLength;
      return this.codecs.decode(item, `the document ${key}`, data) as Items[Item];
    });
  }

  /** As {@link load}, but undefined if there is none. A damaged item is still `CORRUPT`. */
  async find<Item extends DataItem>(item: Item, options: CallOptions = {}): Promise<Items[Item] | undefined> {
    return this.call('find', item, options, async (driver, key, trace) => {
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
    return this.call('update', item, options, (driver, key, trace) => {
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
    return this.call('remove', item, options, (driver, key) => {
      checkDataItem(item);
      return driver.remove(key, { signal: options.signal });
    });
  }

  /** @internal */
  protected call<T>(
    operation: string,
    item: KataItem,
    options: CallOptions,
    run: (driver: PersistDriver, key: string, trace: TraceContext) => Promise<T>,
  ): Promise<T> {
    const root = rootOf(item);
    const driver = this.drivers[root];
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
