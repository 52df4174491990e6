import assert from 'node:assert/strict';
import { SandboxStore } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, assertMissing, bytes, collect } from '../documents.js';
import { expectError } from '../expect-error.js';
import { assertState, stateOf } from '../states.js';

export const removeCases: readonly ConformanceCase[] = [
  {
    id: 'C26',
    section: 'C',
    title: 'what was removed is missing',
    proves: 'A destroyed sandbox does not come back.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      await driver.write('a/b', bytes('one'));
      assert.equal(await driver.remove('a/b'), true, 'remove of a document must resolve with true');
      for (const reader of [driver, peer, await context.open()]) {
        await assertMissing(reader, 'a/b', 'after remove');
        assert.deepEqual(await collect(reader.list('')), [], 'what was removed must not show in list');
      }
    },
  },
  {
    id: 'C27',
    section: 'C',
    title: 'removing what is not there is false',
    proves: 'Cleaning up what is gone does not fail, and says so.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      assert.equal(await driver.remove('a'), false, 'remove in an empty storage must resolve with false');
      await driver.write('a/b', bytes('one'));
      assert.equal(await driver.remove('a'), false, 'remove("a") with only "a/b" there must resolve with false');
      assert.equal(await driver.remove('a/b'), true, 'the first remove must resolve with true');
      assert.equal(await driver.remove('a/b'), false, 'the second remove must resolve with false');
    },
  },
  {
    id: 'C28',
    section: 'C',
    title: 'neighbours with a common prefix stay',
    proves: 'Removing one sandbox leaves the one whose name begins the same.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const neighbours = [
        'A',
        'a-b',
        'a.b',
        'a.json',
        'a.lock',
        'a.tmp',
        'a/a',
        'a/b',
        'a/b/c',
        'a0',
        'aa',
        'ab',
        'b',
        'b/a',
      ];
      for (const key of ['a', ...neighbours]) await driver.write(key, bytes(key));
      assert.equal(await driver.remove('a'), true, 'remove("a") must resolve with true');
      await assertMissing(driver, 'a', 'after remove("a")');
      for (const key of neighbours) await assertHolds(driver, key, key, 'after remove("a")');
      assert.equal(await driver.remove('a/b'), true, 'remove("a/b") must resolve with true');
      await assertHolds(driver, 'a/b/c', 'a/b/c', 'after remove("a/b")');
      assert.deepEqual(
        await collect(driver.list('')),
        neighbours.filter((key) => key !== 'a/b'),
        'list must still show every neighbour',
      );
    },
  },
  {
    id: 'C29',
    section: 'C',
    title: 'a document that is made anew holds only the new bytes',
    proves: 'Nothing of the removed document shines through.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      await driver.write('a', bytes('a long first document'));
      await driver.remove('a');
      const version = await driver.write('a', bytes('short'), { expect: 'absent' });
      await assertHolds(driver, 'a', 'short', 'after it was removed and made anew', version);
    },
  },
  {
    id: 'C29-states',
    section: 'C',
    title: 'a sandbox that is made anew has none of the old containers',
    proves: 'A name can be used again.',
    needs: [],
    async run(context) {
      const store = new SandboxStore(await context.open());
      const old = await store.save('a', stateOf('one', 'c1', 'c2'));
      assert.equal(await store.destroy('a'), true, 'destroy must give true');
      assert.equal(await store.destroy('a'), false, 'destroy of what is gone must give false');
      const revision = await store.save('a', stateOf('two'), { ifRevision: 'absent' });
      assert.notEqual(revision, old, 'a revision must not come back');
      assertState(await store.load('a'), stateOf('two'), 'after destroy and a new save');
      await expectError('save on the revision of the destroyed sandbox', 'CONFLICT', () =>
        store.save('a', stateOf('late'), { ifRevision: old }),
      );
    },
  },
  {
    id: 'C30',
    section: 'C',
    title: 'a document that is made anew never repeats a version',
    proves: 'A writer that slept through a removal and re-creation cannot overwrite the new document.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const seen = new Map<string, number>();
      for (let round = 0; round < 20; round += 1) {
        const [writer, remover] = round % 2 === 0 ? [driver, peer] : [peer, driver];
        const version = await writer.write('a', bytes('the same'), { expect: 'absent' });
        assert.ok(
          !seen.has(version),
          `round ${round} made the document anew with version ${version}, which round ${seen.get(version)} had`,
        );
        for (const old of seen.keys()) {
          await expectError(`write with version ${old} of a removed document`, 'CONFLICT', () =>
            writer.write('a', bytes('late'), { expect: old }),
          );
        }
        seen.set(version, round);
        assert.equal(await remover.remove('a', { expect: version }), true, 'remove with the version must give true');
      }
    },
  },
];
