import { getEventListeners } from 'node:events';
import {
  type Change,
  createDriver,
  type DriverBackend,
  type ListedVersion,
  memoryDriver,
  PersistError,
  type WatchFeed,
  type WatchOptions,
  type WatchSource,
  watchChanges,
} from '@sandkeep/persist-api';
import { expect, test } from 'vitest';

/** A source whose listings and changes the test makes. */
class TestSource implements WatchSource {
  readonly documents = new Map<string, string>();
  readonly failures: unknown[] = [];
  pollMs: number | undefined;
  feed: WatchFeed | undefined;
  listings = 0;
  closed = 0;
  /** Is called in the middle of each listing, after the documents were taken. */
  meanwhile: () => void = () => {};
  /** Is called at the end of each listing. */
  atEnd: () => void = () => {};

  async *list(feed: WatchFeed): AsyncGenerator<ListedVersion> {
    this.listings += 1;
    this.feed = feed;
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    const found = [...this.documents];
    await undefined;
    this.meanwhile();
    for (const [key, version] of found) yield { key, version };
    this.atEnd();
  }

  close(): void {
    this.closed += 1;
  }

  write(key: string, version: string): void {
    this.documents.set(key, version);
    this.feed?.tell({ key, type: 'written', version });
  }

  remove(key: string): void {
    this.documents.delete(key);
    this.feed?.tell({ key, type: 'removed' });
  }
}

const written = (key: string, version: string): Change => ({ key, type: 'written', version });
const removed = (key: string): Change => ({ key, type: 'removed' });

/** A watch of everything, once it has started. */
async function start(source: TestSource, options: WatchOptions = {}) {
  const { promise: ready, resolve } = deferred();
  const { watch } = createDriver({
    ...({} as DriverBackend),
    name: 'test',
    capabilities: { shared: false, watch: true, maxDocumentBytes: 2 ** 24 },
    watch: (prefix, call) => watchChanges(source, prefix, call),
  });
  const changes = watch?.('', { ...options, onReady: resolve })[Symbol.asyncIterator]() as AsyncIterator<Change>;
  const first = changes.next();
  first.catch(() => {});
  if (options.initial !== true) await Promise.race([ready, first]);
  return { changes, first, ready };
}

function deferred() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const valueOf = async (step: Promise<IteratorResult<Change>>): Promise<Change> => (await step).value;

test('what was there is assumed to be known, and what changes while it is listed is told', async () => {
  const source = new TestSource();
  source.documents.set('a', 'a1').set('b', 'b1').set('c', 'c1');
  source.meanwhile = () => {
    source.write('a', 'a2');
    source.remove('b');
    source.meanwhile = () => {};
  };
  const { changes, first } = await start(source);
  expect(await valueOf(first)).toEqual(written('a', 'a2'));
  const next = changes.next();
  source.write('c', 'c2');
  expect(await valueOf(next)).toEqual(written('c', 'c2'));
  expect(source.listings).toBe(1);
});

test('with initial, what was there is told first; then onReady is called', async () => {
  const source = new TestSource();
  source.documents.set('a', 'a1').set('b', 'b1');
  let isReady = false;
  const { changes, first, ready } = await start(source, { initial: true });
  void ready.then(() => {
    isReady = true;
  });
  expect(await valueOf(first)).toEqual(written('a', 'a1'));
  expect(await valueOf(changes.next())).toEqual(written('b', 'b1'));
  expect(isReady).toBe(false);
  const next = changes.next();
  await ready;
  source.write('c', 'c1');
  expect(await valueOf(next)).toEqual(written('c', 'c1'));
});

test('changes of a key are merged until they are fetched; one that came and went is left out', async () => {
  const source = new TestSource();
  source.documents.set('a', 'a1').set('gone', 'g1');
  const { changes, first } = await start(source);
  source.write('z', 'z1');
  await first;
  for (let n = 2; n < 1000; n += 1) source.write('a', `a${n}`);
  for (let n = 0; n < 1000; n += 1) {
    source.write(`short-${n}`, `s${n}`);
    source.remove(`short-${n}`);
  }
  source.remove('gone');
  source.write('back', 'b1');
  source.remove('back');
  source.write('back', 'b2');
  const told = [await changes.next(), await changes.next(), await changes.next()].map(({ value }) => value);
  expect(told).toEqual([written('a', 'a999'), removed('gone'), written('back', 'b2')]);
  const next = changes.next();
  source.write('end', 'e1');
  expect(await valueOf(next)).toEqual(written('end', 'e1'));
});

test('what was missed is found by listing again and comparing', async () => {
  const source = new TestSource();
  source.documents.set('same', 's1').set('changed', 'c1').set('gone', 'g1');
  const { changes, first } = await start(source);
  const { feed } = source;
  source.documents.set('changed', 'c2').set('new', 'n1').delete('gone');
  source.failures.push(new PersistError('UNAVAILABLE', 'down'), new PersistError('TIMEOUT', 'slow'));
  feed?.missed();
  const told = [await first, await changes.next(), await changes.next()].map(({ value }) => value);
  expect(told).toEqual([written('changed', 'c2'), written('new', 'n1'), removed('gone')]);
  expect(source.listings).toBe(4);
});

test('a change that comes while it lists again counts more than the listing', async () => {
  const source = new TestSource();
  source.documents.set('a', 'a1').set('b', 'b1');
  const { changes, first } = await start(source);
  source.documents.set('a', 'a2').set('b', 'b2');
  source.meanwhile = () => {
    source.write('a', 'a3');
    source.remove('b');
    source.write('made-meanwhile', 'm1');
    source.meanwhile = () => {};
  };
  source.feed?.missed();
  const told = [await first, await changes.next(), await changes.next()].map(({ value }) => value);
  expect(told).toEqual([written('a', 'a3'), removed('b'), written('made-meanwhile', 'm1')]);
});

test('a change between the end of a listing and what follows is not taken for a removal', async () => {
  const source = new TestSource();
  source.documents.set('a', 'a1');
  const { changes, first } = await start(source);
  source.atEnd = () => {
    // As if another listened to the same event: the listing has ended, and the watch has not gone on yet.
    queueMicrotask(() => queueMicrotask(() => source.write('b', 'b1')));
    source.atEnd = () => {};
  };
  source.documents.set('a', 'a2');
  source.feed?.missed();
  const told = [await first, await changes.next()].map(({ value }) => value);
  expect(told).toEqual([written('a', 'a2'), written('b', 'b1')]);
});

test('what is missed in the middle of a listing is listed once more', async () => {
  const source = new TestSource();
  const { first } = await start(source);
  source.meanwhile = () => {
    source.documents.set('a', 'a1');
    source.feed?.missed();
    source.meanwhile = () => {};
  };
  source.feed?.missed();
  expect(await valueOf(first)).toEqual(written('a', 'a1'));
});

test('a source that tells nothing by itself is listed at intervals', async () => {
  const source = new TestSource();
  source.pollMs = 1;
  const { changes, first } = await start(source);
  source.documents.set('a', 'a1');
  expect(await valueOf(first)).toEqual(written('a', 'a1'));
  source.documents.delete('a');
  expect(await valueOf(changes.next())).toEqual(removed('a'));
});

test('an error before the start ends it, and later one that cannot heal', async () => {
  const source = new TestSource();
  source.failures.push(new PersistError('UNAVAILABLE', 'down'));
  await expect((await start(source).catch((error) => ({ first: Promise.reject(error) }))).first).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    driver: 'test',
    operation: 'watch',
  });
  expect(source.closed).toBe(1);

  const later = new TestSource();
  const { changes, first } = await start(later);
  later.failures.push(new PersistError('UNAVAILABLE', 'down'), new PersistError('PERMISSION_DENIED', 'refused'));
  later.feed?.missed();
  await expect(first).rejects.toMatchObject({ code: 'PERMISSION_DENIED', operation: 'watch' });
  expect(await changes.next()).toEqual({ done: true, value: undefined });
  expect(later.closed).toBe(1);
});

test('an abort ends it with its reason, also while it is idle, and leaves nothing behind', async () => {
  const waiting = new TestSource();
  const controller = new AbortController();
  const { first } = await start(waiting, { signal: controller.signal });
  const idle = new TestSource();
  const { changes, first: told } = await start(idle, { signal: controller.signal });
  idle.write('a', 'a1');
  await told;
  const reason = new Error('enough');
  controller.abort(reason);
  expect(idle.closed).toBeGreaterThan(0);
  await expect(first).rejects.toBe(reason);
  await expect(changes.next()).rejects.toBe(reason);
  expect(waiting.closed).toBeGreaterThan(0);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

test('return() ends a next() that waits, and one that pauses after an error', async () => {
  const source = new TestSource();
  const { changes, first } = await start(source);
  source.failures.push(new PersistError('UNAVAILABLE', 'down'));
  source.feed?.missed();
  await changes.return?.();
  expect(await first).toEqual({ done: true, value: undefined });
  expect(await changes.next()).toEqual({ done: true, value: undefined });
  expect(source.closed).toBeGreaterThan(0);
});

test('return() before the first next() opens nothing', async () => {
  const driver = memoryDriver();
  const changes = driver.watch?.('a')[Symbol.asyncIterator]();
  await changes?.return?.();
  expect(await changes?.next()).toEqual({ done: true, value: undefined });
});

test.each([
  [{ initial: 1 }, 'initial 1 is not valid: expected true or false'],
  [{ onReady: 'x' }, 'onReady "x" is not valid: expected a function'],
])('options that are not valid are refused: %o', async (options, message) => {
  const changes = memoryDriver()
    .watch?.('', options as never)
    [Symbol.asyncIterator]();
  await expect(changes?.next()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message });
});
