import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Change, PersistDriver, Version, WatchOptions } from '@sandkeep/persist-api';
import { collect } from './documents.js';
import { NotVerified } from './not-verified.js';
import { withinTime } from './within-time.js';

/** How long a watch may take to start, to tell of a change, or to end: it may poll, or have to connect again. */
export const watchLimitMs = 40_000;

/** The driver's `watch`. @throws NotVerified where the driver declares that it has none */
export function watchOf(driver: PersistDriver): NonNullable<PersistDriver['watch']> {
  if (!driver.capabilities.watch) {
    throw new NotVerified('the driver declares capabilities.watch as false', { optional: true });
  }
  assert.ok(driver.watch, 'watch must be there where capabilities.watch is true');
  return driver.watch.bind(driver);
}

/** Starts a watch, and waits until it says so, without a `next()` after the first. */
export async function startWatch(
  driver: PersistDriver,
  prefix: string,
  options: WatchOptions = {},
): Promise<{ changes: AsyncIterator<Change>; first: Promise<IteratorResult<Change>> }> {
  const watch = watchOf(driver);
  let started: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    started = resolve;
  });
  const changes = watch(prefix, { ...options, onReady: () => started() })[Symbol.asyncIterator]();
  const first = changes.next();
  first.catch(() => {});
  const failed = first.then(
    ({ value }) => assert.ok(options.initial, `watch must call onReady before it tells of ${inspect(value)}`),
    (error) => {
      throw error;
    },
  );
  await withinTime(options.initial ? failed : Promise.race([ready, failed]), watchLimitMs, 'the watch to start');
  return { changes, first };
}

/** Follows a watch: what its changes, applied to nothing, give. */
export class Watcher {
  /** Everything that was told, in order. */
  readonly told: Change[] = [];
  readonly documents = new Map<string, Version | undefined>();
  readonly #prefix: string;
  readonly #changes: AsyncIterator<Change>;
  readonly #following: Promise<void>;
  #problem: { readonly error: unknown } | undefined;
  #ended = false;

  private constructor(prefix: string, changes: AsyncIterator<Change>, started: () => void) {
    this.#prefix = prefix;
    this.#changes = changes;
    this.#following = this.#follow().then(started, (error: unknown) => {
      this.#problem = { error };
      started();
    });
  }

  /** Resolves once the watch has started. */
  static async start(driver: PersistDriver, prefix: string, options: WatchOptions = {}): Promise<Watcher> {
    let started: () => void = () => {};
    const ready = new Promise<void>((resolve) => {
      started = resolve;
    });
    const changes = watchOf(driver)(prefix, { ...options, onReady: () => started() });
    const watcher = new Watcher(prefix, changes[Symbol.asyncIterator](), started);
    await withinTime(ready, watchLimitMs, 'the watch to call onReady');
    watcher.#check();
    return watcher;
  }

  /** Waits until `key` was told last with this version; undefined: as removed. */
  async tells(key: string, version: Version | undefined, when: string): Promise<void> {
    const isTold = () => this.documents.get(key) === version && this.told.some((change) => change.key === key);
    await this.#until(isTold, () => {
      const last = this.told.findLast((change) => change.key === key);
      const expected = version === undefined ? 'the removal' : `version ${version}`;
      return `${when}: watch("${this.#prefix}") must tell of ${expected} of "${key}", but told last ${inspect(last)}`;
    });
  }

  /** Waits until what was told gives the documents that there are. Nobody changes any meanwhile. */
  async agrees(driver: PersistDriver, when: string): Promise<void> {
    const stored = new Map<string, Version | undefined>();
    for (const key of await collect(driver.list(this.#prefix))) stored.set(key, (await driver.read(key))?.version);
    const differing = () =>
      [...new Set([...stored.keys(), ...this.documents.keys()])].filter(
        (key) => this.documents.has(key) !== stored.has(key) || this.documents.get(key) !== stored.get(key),
      );
    await this.#until(
      () => differing().length === 0,
      () => {
        const [key = ''] = differing();
        const is = stored.has(key) ? `there with version ${stored.get(key)}` : 'not there';
        const told = this.documents.has(key) ? `there with version ${this.documents.get(key)}` : 'not there';
        return `${when}: "${key}" is ${is}, but by what watch("${this.#prefix}") told it is ${told}`;
      },
    );
  }

  async stop(): Promise<void> {
    await withinTime(Promise.resolve(this.#changes.return?.()), watchLimitMs, 'return() of the watch');
    await withinTime(this.#following, watchLimitMs, 'the watch to end after return()');
    if (this.#problem !== undefined) throw this.#problem.error;
  }

  async #follow(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#changes.next();
      if (done) break;
      this.told.push(value);
      if (value.type === 'written') this.documents.set(value.key, value.version);
      else this.documents.delete(value.key);
    }
    this.#ended = true;
  }

  #check(): void {
    if (this.#problem !== undefined) throw this.#problem.error;
    assert.ok(!this.#ended, 'the watch must not end by itself');
  }

  async #until(condition: () => boolean, message: () => string): Promise<void> {
    const until = performance.now() + watchLimitMs;
    while (!condition()) {
      this.#check();
      assert.ok(performance.now() < until, message());
      await sleep(5);
    }
  }
}
