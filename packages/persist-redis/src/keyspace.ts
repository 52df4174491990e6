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
 *     {sandkeep:7}:l          locks: a hash of their records by name, and of the latest fence
 *     {sandkeep:7}:q:<name>   a lock's queue: a list of ids
 *     {sandkeep:7}:w:<name>   who waits in it: a hash, by id
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

  /** What a lock's scripts touch. */
  lock(name: string): [locks: string, queue: string, waiters: string] {
    const partition = this.#partition(this.#of(name));
    return [`${partition}:l`, `${partition}:q:${name}`, `${partition}:w:${name}`];
  }

  /** The indexes of all partitions. */
  indexes(): string[] {
    return this.#all('i');
  }

  /** The locks of all partitions. */
  locks(): string[] {
    return this.#all('l');
  }

  /** The keys that belong to the store itself: all but those of single documents, and of queues. */
  ownKeys(): string[] {
    return [...this.indexes(), ...this.locks(), `${this.prefix.slice(0, -1)}}:store`];
  }

  #all(kind: string): string[] {
    return Array.from({ length: this.partitions }, (_, number) => `${this.#partition(number)}:${kind}`);
  }

  #of(key: string): number {
    return crc32(key) % this.partitions;
  }

  #partition(number: number): string {
    return `${this.prefix}${number}}`;
  }
}
