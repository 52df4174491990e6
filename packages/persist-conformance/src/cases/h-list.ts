import assert from 'node:assert/strict';
import { SandboxStore } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { bytes, collect, writeAll } from '../documents.js';
import { assertState, stateOf } from '../states.js';

export const listCases: readonly ConformanceCase[] = [
  {
    id: 'H62',
    section: 'H',
    title: 'an empty storage, and a prefix with nothing below it, list nothing',
    proves: 'Nothing but documents shows up.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      assert.deepEqual(await collect(driver.list('')), [], 'list("") of an empty storage');
      assert.deepEqual(await collect(driver.list('a')), [], 'list("a") of an empty storage');
      await driver.write('a', bytes('one'));
      await using _lock = await driver.lock('a/lock', { waitMs: 0 });
      assert.deepEqual(await collect(driver.list('')), ['a'], 'list("") of one document and one lock');
      assert.deepEqual(await collect(driver.list('a')), [], 'list("a") with "a" itself and a lock, but nothing below');
      await driver.remove('a');
      assert.deepEqual(await collect(driver.list('')), [], 'list("") after the only document was removed');
    },
  },
  {
    id: 'H63',
    section: 'H',
    title: 'keys come in ascending byte order',
    proves: 'A listing can be merged, resumed and compared, whatever order the backend keeps.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const keys = [
        '0',
        '00',
        '1',
        '10',
        '9',
        'A',
        'B/b',
        'Z',
        'a',
        'a-',
        'a-b',
        'a-b/c',
        'a.',
        'a.b',
        'a.b/c',
        'a.json',
      ];
      keys.push('a/b', 'a/b-c', 'a/b.c', 'a/b/c', 'a/b0', 'a0', 'aA', 'a_', 'aa', 'aa/b', 'ab', 'b');
      assert.deepEqual(keys, [...keys].sort());
      await writeAll(driver, context.random.shuffled(keys));
      assert.deepEqual(await collect(driver.list('')), keys, 'list("") must yield the keys in ascending byte order');
      const below = keys.filter((key) => key.startsWith('a/'));
      assert.deepEqual(await collect(driver.list('a')), below, 'list("a") must yield its keys in ascending byte order');
    },
  },
  {
    id: 'H64',
    section: 'H',
    title: '0, 1, 999, 1000, 1001 and 2500 keys are listed whole',
    proves: 'Nothing is lost or told twice where one page of the backend ends.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const all = Array.from({ length: 2500 }, (_, index) => `page/k${String(index).padStart(4, '0')}`);
      let written = 0;
      for (const count of [0, 1, 999, 1000, 1001, 2500]) {
        await writeAll(driver, all.slice(written, count));
        written = count;
        const listed = await collect(driver.list('page'));
        assert.equal(listed.length, count, `list of ${count} keys must yield ${count}, but yielded ${listed.length}`);
        assert.deepEqual(listed, all.slice(0, count), `list of ${count} keys must yield exactly these`);
      }
      for (const index of [0, 998, 999, 1000, 1001, 2498, 2499]) {
        const after = all[index] as string;
        const listed = await collect(driver.list('page', { after }));
        assert.deepEqual(listed, all.slice(index + 1), `list after the key number ${index} of 2500`);
      }
    },
  },
  {
    id: 'H65',
    section: 'H',
    title: '`after` resumes, also when that key is gone',
    proves: 'A listing that was interrupted goes on where it stopped.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const keys = ['a', 'a-b', 'a/b', 'a/b/c', 'a/c', 'a0', 'b', 'b/a', 'c'];
      await writeAll(driver, keys);
      const borders = [...keys, '0', 'a.b', 'a/a', 'a/b/a', 'a/b/c/d', 'a/bb', 'aa', 'b/z', 'c0', 'z', 'Z'];
      for (const prefix of ['', 'a', 'a/', 'b', 'a/b']) {
        const below = keys.filter(
          (key) => prefix === '' || key.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`),
        );
        for (const after of borders) {
          const expected = below.filter((key) => key > after);
          assert.deepEqual(
            await collect(driver.list(prefix, { after })),
            expected,
            `list("${prefix}", { after: "${after}" }) must yield the keys that are greater`,
          );
        }
      }
      await driver.remove('a/b');
      assert.deepEqual(
        await collect(driver.list('', { after: 'a/b' })),
        ['a/b/c', 'a/c', 'a0', 'b', 'b/a', 'c'],
        'list after a key that was removed must go on behind its place',
      );
    },
  },
  {
    id: 'H67',
    section: 'H',
    title: 'a prefix ends at a segment: siblings and the prefix itself are not below it',
    proves: 'Listing, or clearing, one namespace never touches the one whose name begins the same.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      await writeAll(driver, [
        'ns',
        'ns-b/x',
        'ns.b',
        'ns/a',
        'ns/a/b',
        'ns/b',
        'ns0',
        'nsb',
        'nsb/a',
        'NS/a',
        'n/s',
        'other/ns/a',
      ]);
      for (const prefix of ['ns', 'ns/']) {
        assert.deepEqual(
          await collect(driver.list(prefix)),
          ['ns/a', 'ns/a/b', 'ns/b'],
          `list("${prefix}") must yield what is below "ns", without "ns" itself and its siblings`,
        );
      }
      assert.deepEqual(await collect(driver.list('ns/a')), ['ns/a/b'], 'list("ns/a")');
      assert.deepEqual(await collect(driver.list('s')), [], 'list("s") with nothing below "s"');
    },
  },
  {
    id: 'H68',
    section: 'H',
    title: 'namespaces are isolated',
    proves: 'Two programs, or two tests, share one backend without knowing of each other.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const names = ['ns', 'ns-b', 'nsb', 'NS'];
      const stores = names.map((namespace) => new SandboxStore(driver, { namespace }));
      for (const [index, store] of stores.entries()) {
        await store.save('a', stateOf(names[index] as string));
        await store.save(`only-${names[index]}`, stateOf('x'));
        await store.globals.write('g', bytes(names[index] as string));
      }
      const [first, ...others] = stores as [SandboxStore, ...SandboxStore[]];
      await using _lock = await first.lock('a', { waitMs: 0 });
      await first.destroy('a');
      await first.globals.remove('g');
      assert.deepEqual(await collect(first.list()), ['only-ns'], 'list of "ns" after destroy("a")');
      for (const [index, store] of others.entries()) {
        const name = names[index + 1] as string;
        assertState(await store.load('a'), stateOf(name), `load in "${name}" after destroy in "ns"`);
        assert.deepEqual(await collect(store.list()), ['a', `only-${name}`], `list of "${name}" after destroy in "ns"`);
        assert.deepEqual(
          Buffer.from((await store.globals.read('g')) ?? []).toString(),
          name,
          `the global of "${name}"`,
        );
        await using _other = await store.lock('a', { waitMs: 0 });
      }
    },
  },
  {
    id: 'H70',
    section: 'H',
    title: 'list sees what was just acknowledged',
    proves: 'Who saved a sandbox and then lists finds it, and who destroyed it does not.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      await writeAll(driver, ['a', 'z']);
      for (let round = 0; round < 25; round += 1) {
        const key = `k${context.random.integer(1000)}`;
        const writer = round % 2 === 0 ? driver : peer;
        const reader = round % 3 === 0 ? writer : writer === driver ? peer : driver;
        await writer.write(key, bytes(key));
        assert.deepEqual(await collect(reader.list('')), ['a', key, 'z'], 'list right after a write was acknowledged');
        await reader.remove(key);
        assert.deepEqual(await collect(writer.list('')), ['a', 'z'], 'list right after a removal was acknowledged');
      }
    },
  },
];
