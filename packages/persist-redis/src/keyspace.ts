import { crc32 } from 'node:zlib';
import { PersistError } from '@sandkeep/persist-api';
import { openStoreScript } from './scripts/open-store.js';
import type { ServerCalls } from './server-calls.js';

const format = 1;
/** How many partitions a new store has. A store keeps the number that it was made with. */
const newPartitions = 16;

/**
 * The names of a store's keys. Documents are spread over partitions; a partition's keys share a hash
 * tag, and so a slot of a Cluster. Braces occur in no namespace and no key, so the tag is always whole.
 *
 *     {sandkeep:7}:d:<key>    document: one line of JSON and the bytes, as in a file
 *     {sandkeep:7}:h:<key>    what is remembered of past attempts to change it
 *     {sandkeep:7}:s:<id>     a document on its way, by the id of its attempt
 *     {sandkeep:7}:i          index: the keys of its documents, a sorted set with equal scores; and the channel on which
 *                             their changes are published
 *     {sandkeep:7}:l:<name>   lock: JSON
 *     {sandkeep:7}:k          the names of its locks, as the index
 *     {sandkeep:7}:f          the latest fence
 *     {sandkeep}:store        what the store says of itself
 */
export class Keyspace {
  private constructor(
    readonly prefix: string,
    readonly partitions: number,
  ) {}

  /**
   * @param prefix what the client puts before every key, and the namespace
   * @throws `FORMAT_UNSUPPORTED` if the store was made by a newer version, or is not one
   */
  static async open(calls: ServerCalls, clientPrefix: string, namespace: string): Promise<Keyspace> {
    const storeKey = `${clientPrefix}{${namespace}}:store`;
    const args = [String(format), String(newPartitions)];
    const [found, partitions] = (await calls.script(openStoreScript, [storeKey], args)) as (string | null)[];
    const count = Number(partitions);
    if (found !== String(format) || !Number.isInteger(count) || count < 1 || count > 4096) {
      throw new PersistError(
        'FORMAT_UNSUPPORTED',
        `the key ${storeKey} says format ${found}, ${partitions} partitions: this version reads format ${format}`,
      );
    }
    return new Keyspace(`${clientPrefix}{${namespace}:`, count);
  }

  document(key: string): string {
    return `${this.#partition(this.#of(key))}:d:${key}`;
  }

  /** What a change of a document touches. `staged` is to be followed by the attempt's id. */
  change(key: string): { document: string; history: string; index: string; staged: string } {
    const partition = this.#partition(this.#of(key));
    return {
      document: `${partition}:d:${key}`,
      history: `${partition}:h:${key}`,
      index: `${partition}:i`,
      staged: `${partition}:s:`,
    };
  }

  lock(name: string): [lock: string, names: string, fence: string] {
    const partition = this.#partition(this.#of(name));
    return [`${partition}:l:${name}`, `${partition}:k`, `${partition}:f`];
  }

  /** The indexes of all partitions. */
  indexes(of: 'documents' | 'locks'): string[] {
    const suffix = of === 'documents' ? 'i' : 'k';
    return Array.from({ length: this.partitions }, (_, number) => `${this.#partition(number)}:${suffix}`);
  }

  /** The keys that belong to the store itself: all but those of documents and locks. */
  ownKeys(): string[] {
    const fences = Array.from({ length: this.partitions }, (_, number) => `${this.#partition(number)}:f`);
    return [...this.indexes('documents'), ...this.indexes('locks'), ...fences, `${this.prefix.slice(0, -1)}}:store`];
  }

  #of(key: string): number {
    return crc32(key) % this.partitions;
  }

  #partition(number: number): string {
    return `${this.prefix}${number}}`;
  }
}
