import { type DataItem, dataItems } from '../items/kata-item.js';

/** One thing that an item store, or Kata's directories of one, hold. */
export interface ItemEntry {
  /** Undefined for the item `uuid`, which belongs to no sandbox. */
  readonly sandboxId: string | undefined;
  /** Undefined for what belongs to the sandbox itself. */
  readonly containerId: string | undefined;
  /** An item, or `raw/` and the id of a raw value. */
  readonly name: DataItem | `raw/${string}`;
}

/** The id of a raw value; undefined for an item. */
export function rawIdOf(name: ItemEntry['name']): string | undefined {
  return name.startsWith('raw/') ? name.slice('raw/'.length) : undefined;
}

/**
 * The entry of a key, without what the keys of all sandboxes begin with; undefined for a key of another form.
 */
export function parseEntry(key: string): ItemEntry | undefined {
  const [, sandboxId, containerId, kind, rest = ''] =
    /^([^/]+)\/(?:containers\/([^/]+)\/)?(items|raw)\/([^/]+)$/.exec(key) ?? [];
  if (kind === 'raw') return { sandboxId, containerId, name: `raw/${rest}` };
  const item = dataItems.find((one) => one === rest);
  return item && { sandboxId, containerId, name: item };
}
