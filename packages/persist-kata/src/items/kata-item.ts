import { invalidArgument } from '@sandkeep/persist-api';

/** The items of the item store, and the file that each has in Kata's directories. */
export const itemFiles = {
  configuration: 'config.json',
  state: 'state.json',
  network: 'network.json',
  hypervisor: 'hypervisor.json',
  agent: 'agent.json',
  process: 'process.json',
  lock: 'lock',
  mounts: 'mounts.json',
  devices: 'devices.json',
  'device-ids': 'devices.json',
  uuid: 'uuid.json',
} as const;

/** The name of an item of Kata's store. */
export type KataItem = keyof typeof itemFiles;

/** The items that hold data: all but the lock. */
export type DataItem = Exclude<KataItem, 'lock'>;

/** The names of all items. */
export const kataItems = Object.keys(itemFiles) as readonly KataItem[];
export const dataItems = kataItems.filter((item): item is DataItem => item !== 'lock');

/**
 * Where items are kept: what has to survive a reboot (`config`), what must not (`state`), and the UUIDs of
 * virtual machines, which all sandboxes share (`uuid`).
 */
export const itemRoots = ['config', 'state', 'uuid'] as const;
/** Which of Kata's directories an item lies in. */
export type ItemRoot = (typeof itemRoots)[number];

/** The root that an item belongs to. */
export function rootOf(item: KataItem): ItemRoot {
  if (item === 'configuration') return 'config';
  return item === 'uuid' ? 'uuid' : 'state';
}

/** Checks what is given for each root: all but `uuid` have to be. @throws `INVALID_ARGUMENT` that names the root */
export function checkRoots(field: string, given: Readonly<Record<string, unknown>>): void {
  for (const root of Object.keys(given)) {
    if (isOneOf(itemRoots, root)) continue;
    throw invalidArgument(`${field}: the root`, root, `one of ${itemRoots.join(', ')}`);
  }
  for (const root of ['config', 'state']) {
    if (given[root] === undefined) throw invalidArgument(`${field}.${root}`, undefined, 'a driver for this root');
  }
}

/** @throws `INVALID_ARGUMENT` */
export function checkItem(item: unknown): asserts item is KataItem {
  if (!isOneOf(kataItems, item)) throw invalidArgument('item', item, `one of ${kataItems.join(', ')}`);
}

/** @throws `INVALID_ARGUMENT`, for the lock, too */
export function checkDataItem(item: unknown): asserts item is DataItem {
  if (!isOneOf(dataItems, item)) throw invalidArgument('item', item, `one of ${dataItems.join(', ')}`);
}

function isOneOf(items: readonly unknown[], item: unknown): boolean {
  return items.includes(item);
}
