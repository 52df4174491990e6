import { PersistError } from '@sandkeep/persist-api';
import type { DeviceTypes } from '../devices/device-types.js';
import { type ItemEntry, rawIdOf } from '../item-store/item-entry.js';
import type { ItemStore } from '../item-store/item-store.js';
import type { DataItem } from '../items/kata-item.js';
import type { ItemTree } from './item-tree.js';

/** Where entries come from, or go to. A value is the data of an item, or the bytes of a raw value. */
export interface ItemSide {
  /** Undefined if it is not there. @throws `CORRUPT` */
  read(entry: ItemEntry): Promise<unknown>;
  /** @param isNew that it was not there a moment ago, and is not to be replaced */
  write(entry: ItemEntry, value: unknown, isNew: boolean): Promise<void>;
}

export class StoreSide<OwnTypes extends DeviceTypes> implements ItemSide {
  constructor(readonly store: ItemStore<OwnTypes>) {}

  async read(entry: ItemEntry): Promise<unknown> {
    const scope = this.store.scopeOf(entry);
    const rawId = rawIdOf(entry.name);
    return rawId === undefined ? scope.find(entry.name as DataItem) : scope.rawItem(rawId).read();
  }

  async write(entry: ItemEntry, value: unknown, isNew: boolean): Promise<void> {
    const scope = this.store.scopeOf(entry);
    const rawId = rawIdOf(entry.name);
    if (rawId !== undefined) await scope.rawItem(rawId).write(value as Uint8Array);
    else await scope.store(entry.name as 'agent', value as {}, { ifRevision: isNew ? 'absent' : undefined });
  }
}

export class TreeSide<OwnTypes extends DeviceTypes> implements ItemSide {
  /** @param store says what the items hold */
  constructor(
    readonly tree: ItemTree,
    readonly store: ItemStore<OwnTypes>,
  ) {}

  async read(entry: ItemEntry): Promise<unknown> {
    const bytes = await this.tree.read(entry);
    if (bytes === undefined || rawIdOf(entry.name) !== undefined) return bytes;
    return this.store.scopeOf(entry).codecs.decode(entry.name as DataItem, this.tree.path(entry), bytes);
  }

  async write(entry: ItemEntry, value: unknown): Promise<void> {
    const isRaw = rawIdOf(entry.name) !== undefined;
    await this.tree.write(
      entry,
      isRaw ? (value as Uint8Array) : this.store.scopeOf(entry).codecs.encode(entry.name as DataItem, value),
    );
  }
}

/** In Kata, `devices.json` of a sandbox holds its devices, and that of a container which of them it uses. */
export function checkHasFile({ containerId, name }: ItemEntry): void {
  if (name !== (containerId === undefined ? 'device-ids' : 'devices')) return;
  const owner = containerId === undefined ? 'a sandbox' : 'a container';
  throw new PersistError('UNSUPPORTED', `Kata has no file for the item ${name} of ${owner}`);
}
