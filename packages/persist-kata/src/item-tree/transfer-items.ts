import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual, types } from 'node:util';
import { isPersistError, PersistError } from '@sandkeep/persist-api';
import type { DeviceTypes } from '../devices/device-types.js';
import type { ItemEntry } from '../item-store/item-entry.js';
import type { ItemStore } from '../item-store/item-store.js';
import { concernsOne, type TransferOptions } from '../transfer/transfer.js';
import { checkHasFile, type ItemSide, StoreSide, TreeSide } from './item-side.js';
import { ItemTree } from './item-tree.js';

/** How long a damaged file is given, in milliseconds, in case that somebody is just writing it. */
const patienceMs = 50;

/** What became of one file of Kata's directories of an item store. */
export interface TransferredItem {
  readonly path: string;
  /** Undefined for a file that is none of the item store's. */
  readonly entry: ItemEntry | undefined;
  /**
   * `written`: it is there now (in a dry run: would be). `unchanged`: the same was there already. `skipped`: it
   * is none of the item store's, or went away meanwhile. `conflict`: another one is there, and was left.
   * `failed`: it cannot be read or written.
   */
  readonly outcome: 'written' | 'unchanged' | 'skipped' | 'conflict' | 'failed';
  /** Why, where it was neither written nor there already. */
  readonly error?: PersistError | undefined;
}

/**
 * Stores everything that is in Kata's directories of an item store, and tells of each file what became of it.
 * Nothing that is stored is replaced, unless by the same or with `overwrite`; so it can be run again after it
 * was interrupted. The directories are only read, and Kata's locks are not taken.
 * @param root what `var/lib/vc` and `run/vc` are in: `/`, or the directory of a user who is not root
 * @throws `NOT_FOUND` if there is no such directory; the errors that do not concern one file alone; the
 *   reason of the signal
 */
export async function* importItemTree<OwnTypes extends DeviceTypes>(
  root: string,
  store: ItemStore<OwnTypes>,
  options: TransferOptions = {},
): AsyncGenerator<TransferredItem, void, undefined> {
  const tree = new ItemTree(root);
  const [from, to] = [new TreeSide(tree, store), new StoreSide(store)];
  options.signal?.throwIfAborted();
  for await (const found of tree.entries()) {
    if ('problem' in found) yield { path: found.path, entry: undefined, outcome: 'skipped', error: found.problem };
    else yield await transferOne(found, tree.path(found), from, to, options);
    options.signal?.throwIfAborted();
  }
}

/**
 * Writes everything that is stored to Kata's directories of an item store, as {@link importItemTree} does the
 * other way. Every file appears whole. Do not write into the directories of a host whose sandboxes run.
 * @param root a directory that is there
 */
export async function* exportItemTree<OwnTypes extends DeviceTypes>(
  store: ItemStore<OwnTypes>,
  root: string,
  options: TransferOptions = {},
): AsyncGenerator<TransferredItem, void, undefined> {
  const tree = new ItemTree(root);
  const [from, to] = [new StoreSide(store), new TreeSide(tree, store)];
  for await (const entry of store.entries({ signal: options.signal })) {
    yield await transferOne(entry, tree.path(entry), from, to, options);
    options.signal?.throwIfAborted();
  }
}

async function transferOne(
  entry: ItemEntry,
  path: string,
  from: ItemSide,
  to: ItemSide,
  { dryRun, overwrite }: TransferOptions,
): Promise<TransferredItem> {
  try {
    checkHasFile(entry);
    const value = await readPatiently(from, entry);
    if (value === undefined) return { path, entry, outcome: 'skipped' };
    const existing = await findExisting(to, entry);
    if (isSame(value, existing)) return { path, entry, outcome: 'unchanged' };
    if (existing !== undefined && !overwrite) {
      throw new PersistError('CONFLICT', `${path}: another one is there, and was left as it is`);
    }
    if (!dryRun) await to.write(entry, value, existing === undefined);
    return { path, entry, outcome: 'written' };
  } catch (error) {
    if (!isPersistError(error) || !concernsOne(error)) throw error;
    return { path, entry, outcome: error.code === 'CONFLICT' ? 'conflict' : 'failed', error };
  }
}

async function readPatiently(from: ItemSide, entry: ItemEntry): Promise<unknown> {
  try {
    return await from.read(entry);
  } catch (error) {
    if (!isPersistError(error, 'CORRUPT')) throw error;
    await setTimeout(patienceMs);
    return from.read(entry);
  }
}

/** What is there; the error, if it is damaged. */
async function findExisting(to: ItemSide, entry: ItemEntry): Promise<unknown> {
  try {
    return await to.read(entry);
  } catch (error) {
    if (isPersistError(error, 'CORRUPT')) return error;
    throw error;
  }
}

function isSame(a: unknown, b: unknown): boolean {
  if (types.isUint8Array(a) && types.isUint8Array(b)) return Buffer.compare(a, b) === 0;
  return isDeepStrictEqual(a, b);
}
