import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { isPersistError, type PersistDriver, type Version } from '@sandkeep/persist-api';
import type { CaseContext } from '../case-context.js';
import type { ConformanceCase } from '../conformance-case.js';
import { collect } from '../documents.js';
import { inBackground } from '../in-background.js';
import { MonotonicReader } from '../monotonic-reader.js';
import { advance, anySize, numberedDocument, numberIn } from '../numbered-document.js';
import type { DriverProcess } from '../process/driver-process.js';

const mebibyte = 1024 * 1024;
/** With their filling of any size, they never have the same number of digits, so that no two have one length. */
const competitors = [1, 20, 300, 4000];

export const atomicityCases: readonly ConformanceCase[] = [
  {
    id: 'E43',
    section: 'E',
    title: 'readers beside writers see one whole document, never an older one than before',
    proves: 'Whoever reads at any moment gets a state that somebody saved, and time does not run backwards.',
    needs: [],
    async run(context) {
      const writers = [await context.open(), await context.openPeer()];
      let writing = true;
      const readers = [await context.openPeer(), writers[0] as PersistDriver].map(
        (driver) => new MonotonicReader(driver, 'shared'),
      );
      const reading = inBackground(Promise.all(readers.map((reader) => reader.readUntil(() => !writing))));
      try {
        await Promise.all(writers.map((writer) => advanceBy(writer, 12, context)));
      } finally {
        writing = false;
      }
      await reading;
      const last = numberIn(await (writers[0] as PersistDriver).read('shared'), 'shared');
      assert.equal(last, 24, `2 writers of 12 documents each must end at number 24, not ${last}`);
    },
  },
  {
    id: 'E43-processes',
    section: 'E',
    title: 'readers beside writers in other processes see one whole document, never an older one than before',
    proves: 'The same between processes, which share no memory in which a half-written document could be hidden.',
    needs: ['openInProcess'],
    async run(context) {
      const driver = await context.open();
      const [reader, ...writers] = (await context.spawnSeveral(3)) as [DriverProcess, ...DriverProcess[]];
      const reading = reader.run('readMonotonically', { key: 'shared' });
      const here = new MonotonicReader(driver, 'shared');
      let writing = true;
      const readingHere = inBackground(here.readUntil(() => !writing));
      try {
        const seed = () => context.random.integer(2 ** 32);
        await Promise.all(
          writers.map((writer) =>
            writer.run('advance', { keys: ['shared'], times: 12, seed: seed(), limit: mebibyte }),
          ),
        );
      } finally {
        writing = false;
      }
      await readingHere;
      await reader.run('stop', undefined);
      await reading;
      const last = numberIn(await driver.read('shared'), 'shared');
      assert.equal(last, 24, `2 processes that wrote 12 documents each must end at number 24, not ${last}`);
    },
  },
  {
    id: 'E44',
    section: 'E',
    title: 'of writers of different lengths at once, one whole document is left',
    proves: 'The long tail of an older document never shows behind a shorter one.',
    needs: [],
    async run(context) {
      const drivers = [await context.open(), await context.openPeer()];
      for (let round = 0; round < 8; round += 1) {
        const versions = await Promise.all(
          context.random.shuffled(competitors).map(async (n) => {
            const driver = drivers[n % 3 === 0 ? 1 : 0] as PersistDriver;
            return [n, await driver.write('a', numberedDocument(n, anySize(context.random, 100_000)))] as const;
          }),
        );
        for (const driver of drivers) await assertOneIsLeft(driver, new Map(versions));
      }
    },
  },
  {
    id: 'E44-processes',
    section: 'E',
    title: 'of writers of different lengths in several processes at once, one whole document is left',
    proves: 'The same between processes.',
    needs: ['openInProcess'],
    async run(context) {
      const driver = await context.open();
      const children = await context.spawnSeveral(2);
      for (let round = 0; round < 8; round += 1) {
        const written = await Promise.all(
          children.map(async (child, index) => {
            const n = competitors[index] as number;
            const size = anySize(context.random, mebibyte);
            return [n, await child.run('writeNumbered', { key: 'a', n, size })] as const;
          }),
        );
        await assertOneIsLeft(driver, new Map(written));
      }
    },
  },
  {
    id: 'E45',
    section: 'E',
    title: 'a listing beside writes shows documents and nothing else',
    proves: 'Nobody takes a half-written file, a marker or an index for a sandbox.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const writer = await context.openPeer();
      const keys = ['a', 'b/c', 'b/d'];
      let writing = true;
      const writeAll = async () => {
        for (let round = 0; round < 6; round += 1) {
          await Promise.all(keys.map((key) => writer.write(key, numberedDocument(round, mebibyte))));
        }
      };
      const writes = inBackground(writeAll().finally(() => (writing = false)));
      const unexpected = new Set<string>();
      while (writing) {
        for (const key of await collect(driver.list(''))) if (!keys.includes(key)) unexpected.add(key);
        await turn();
      }
      await writes;
      assert.deepEqual([...unexpected], [], 'list must show nothing but documents beside writes');
      assert.deepEqual(await collect(driver.list('')), keys, 'list after the writes');
    },
  },
  {
    id: 'E46',
    section: 'E',
    title: 'a write that the storage fails leaves the old document',
    proves: 'An outage in the middle of a save costs that save, and not the last good state.',
    needs: ['failStorage'],
    async run(context) {
      const driver = await context.open();
      for (let round = 0; round < 4; round += 1) {
        const keys = Array.from({ length: 4 }, (_, index) => `failed/${round}-${index}`);
        const old = await Promise.all(keys.map((key) => driver.write(key, numberedDocument(1, 5000))));
        const writes = Promise.allSettled(keys.map((key) => driver.write(key, numberedDocument(2, mebibyte))));
        for (let turns = context.random.integer(12); turns > 0; turns -= 1) await turn();
        const mend = await context.failStorage();
        const outcomes = await writes;
        await mend();
        for (const [index, key] of keys.entries()) {
          await assertOutcome(driver, key, old[index] as Version, outcomes[index] as PromiseSettledResult<Version>);
        }
      }
    },
  },
  {
    id: 'E47',
    section: 'E',
    title: 'a write that is aborted leaves the old document or the new one',
    proves: 'Giving up on a save, such as by a timeout, never costs the state.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      for (let round = 0; round < 20; round += 1) {
        const controller = new AbortController();
        const reason = new Error('given up');
        const { n, version } = await advance(driver, 'a', () => anySize(context.random, 5000));
        const data = numberedDocument(n + 1, anySize(context.random, mebibyte));
        const write = driver.write('a', data, { expect: version, signal: controller.signal });
        const outcome = write.then(
          () => 'written' as const,
          (error: unknown) => error,
        );
        for (let turns = context.random.integer(6); turns > 0; turns -= 1) await turn();
        controller.abort(reason);
        const settled = await outcome;
        assert.ok(
          settled === 'written' || settled === reason,
          `an aborted write must reject with the reason, not ${settled}`,
        );
        const found = numberIn(await peer.read('a'), 'a');
        const allowed = settled === 'written' ? [n + 1] : [n, n + 1];
        assert.ok(allowed.includes(found), `an aborted write of number ${n + 1} over ${n} left number ${found}`);
      }
    },
  },
];

async function advanceBy(driver: PersistDriver, times: number, { random }: CaseContext): Promise<void> {
  for (let left = times; left > 0; left -= 1) await advance(driver, 'shared', () => anySize(random, mebibyte));
}

async function assertOneIsLeft(driver: PersistDriver, versions: ReadonlyMap<number, Version>): Promise<void> {
  const document = await driver.read('a');
  const n = numberIn(document, 'a');
  assert.ok(versions.has(n), `after writers of numbers ${[...versions.keys()]} one of them must be left, not ${n}`);
  assert.equal(
    document?.version,
    versions.get(n),
    `number ${n} must be left under the version that its writer was told`,
  );
}

async function assertOutcome(
  driver: PersistDriver,
  key: string,
  old: Version,
  outcome: PromiseSettledResult<Version>,
): Promise<void> {
  const document = await driver.read(key);
  const n = numberIn(document, key);
  if (outcome.status === 'fulfilled') {
    assert.equal(document?.version, outcome.value, `a write of "${key}" that resolved must be there`);
  } else if (!isPersistError(outcome.reason, 'OUTCOME_UNKNOWN')) {
    assert.ok(isPersistError(outcome.reason), `a failed write must reject with a PersistError, not ${outcome.reason}`);
    const what = `a write of "${key}" that failed with ${outcome.reason.code}`;
    assert.deepEqual({ n, version: document?.version }, { n: 1, version: old }, `${what} must leave the old document`);
  }
}
