import { randomBytes } from 'node:crypto';
import {
  type CallOptions,
  checkSegment,
  invalidArgument,
  type LockOptions,
  type PersistDriver,
  type SaveOptions,
  storeCall,
  storeListing,
  unlessConflict,
  type Version,
} from '@sandkeep/persist-api';
import type { Device, DeviceTypes } from '../devices/device-types.js';
import type { ContainerItems, SandboxItems } from '../items/item-schemas.js';
import type { KataItem } from '../items/kata-item.js';
import { anyBelow, removeBelow } from './below-prefix.js';
import type { ItemCodecs } from './item-codecs.js';
import { ItemDocuments } from './item-documents.js';
import type { CompleteDrivers } from './item-drivers.js';
import type { ItemLocks } from './item-locks.js';
import type { ItemPlace } from './item-place.js';
import { RawItem } from './raw-item.js';

/** How a lock is taken: {@link LockOptions}, but the mode is that of the method. */
export type ItemLockOptions = Omit<LockOptions, 'mode'>;

/**
 * The items of one sandbox or container: Kata's `VCStore`. Making it reads and writes nothing; any number of
 * them for the same ids, in any number of processes, are one.
 *
 * Every method rejects with a `PersistError` or, when aborted, with the signal's reason.
 */
export abstract class ItemScope<
  Types extends DeviceTypes,
  Items extends SandboxItems<Types> | ContainerItems<Types>,
> extends ItemDocuments<Items> {
  readonly #locks: ItemLocks;

  /** @internal */
  constructor(drivers: CompleteDrivers, locks: ItemLocks, codecs: ItemCodecs, place: ItemPlace) {
    super(drivers, codecs, place);
    this.#locks = locks;
  }

  get sandboxId(): string {
    return this.place.sandboxId;
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
    return this.call('itemLock', item, options, (driver, key) => {
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
    return this.call('itemUnlock', item, {}, (_driver, key) => this.#locks.giveBack(key, token));
  }

  /**
   * The raw value `id`, which is made, empty, unless it is there.
   * @param id a segment of a key; a new one, `raw-` and 16 hex digits, if it is empty or not given
   * @throws `INVALID_ARGUMENT` for an id that is no segment of a key, such as `../x`
   */
  async raw(id = '', options: CallOptions = {}): Promise<RawItem> {
    const { state } = this.drivers;
    const name = id === '' ? `raw-${randomBytes(8).toString('hex')}` : id;
    const call = { operation: 'raw', prefix: this.place.rawPrefix, subject: name, options };
    return storeCall(state, call, async (key) => {
      const raw = this.rawItem(name);
      await unlessConflict(state.write(key, new Uint8Array(), { expect: 'absent', signal: options.signal }));
      return raw;
    });
  }

  /** @internal The raw value, whether it is there or not. @throws `INVALID_ARGUMENT` */
  rawItem(id: string): RawItem {
    checkSegment(id, 'raw id');
    return new RawItem(this.drivers.state, this.place.rawPrefix, id);
  }

  /** The ids of the raw values, each once, in ascending order. */
  rawIds(options: CallOptions = {}): AsyncIterable<string> {
    return storeListing(this.drivers.state, { operation: 'rawIds', prefix: this.place.rawPrefix, options });
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
      const driver = this.drivers[root];
      const prefix = this.place.prefix(root);
      const call = { operation, prefix, subject: '', options };
      results.push(await storeCall(driver, call, () => run(driver, prefix, options)));
    }
    return results;
  }
}
