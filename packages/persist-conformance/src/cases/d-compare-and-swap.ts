import assert from 'node:assert/strict';
import type { Version } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, assertMissing, bytes } from '../documents.js';
import { expectError, rejectionOf } from '../expect-error.js';

export const compareAndSwapCases: readonly ConformanceCase[] = [
  {
    id: 'D31',
    section: 'D',
    title: "'absent' creates once",
    proves: 'Of two creators of one name the second one learns that it is taken.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const version = await driver.write('a', bytes('first'), { expect: 'absent' });
      for (const writer of [driver, peer]) {
        const error = await expectError("write with 'absent' over a document", 'CONFLICT', () =>
          writer.write('a', bytes('second'), { expect: 'absent' }),
        );
        assertCurrent(error.currentVersion, version);
      }
      await assertHolds(peer, 'a', 'first', "after a refused write with 'absent'", version);
      await driver.remove('a');
      await peer.write('a', bytes('third'), { expect: 'absent' });
      await assertHolds(driver, 'a', 'third', "after remove and a write with 'absent'");
    },
  },
  {
    id: 'D32',
    section: 'D',
    title: 'the right version passes and gives a new one',
    proves: 'A chain of conditional writes goes through.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      let version = await driver.write('a', bytes('0'), { expect: 'absent' });
      assert.equal(typeof version, 'string', 'a version must be a string');
      for (let step = 1; step <= 5; step += 1) {
        const next = await driver.write('a', bytes(`${step}`), { expect: version });
        assert.notEqual(next, version, 'a write must give a new version');
        await assertHolds(driver, 'a', `${step}`, 'after a write with the right version', next);
        version = next;
      }
    },
  },
  {
    id: 'D33',
    section: 'D',
    title: 'a stale version is CONFLICT and changes nothing',
    proves: 'A writer that read before somebody else wrote cannot overwrite what it never saw.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const stale = await driver.write('a', bytes('one'));
      const current = await peer.write('a', bytes('two'), { expect: stale });
      for (const writer of [driver, peer]) {
        const error = await expectError('write with a stale version', 'CONFLICT', () =>
          writer.write('a', bytes('lost update'), { expect: stale }),
        );
        assertCurrent(error.currentVersion, current);
      }
      await assertHolds(driver, 'a', 'two', 'after a write with a stale version', current);
    },
  },
  {
    id: 'D34',
    section: 'D',
    title: 'a version of a missing document is CONFLICT',
    proves: 'A late save does not bring a destroyed sandbox back.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const foreign = await driver.write('other', bytes('one'));
      await expectError('write with the version of another document', 'CONFLICT', () =>
        driver.write('never-there', bytes('x'), { expect: foreign }),
      );
      await assertMissing(driver, 'never-there', 'after a refused write');
      const version = await driver.write('a', bytes('one'));
      await driver.remove('a');
      await expectError('write with the version of a removed document', 'CONFLICT', () =>
        driver.write('a', bytes('x'), { expect: version }),
      );
      await assertMissing(driver, 'a', 'after a refused write');
    },
  },
  {
    id: 'D35',
    section: 'D',
    title: 'a malformed version never writes or removes',
    proves: 'A condition that is wrong is never taken for no condition.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const version = await driver.write('a', bytes('one'));
      const refusals = ['INVALID_ARGUMENT', 'CONFLICT'] as const;
      for (const wrong of malformedVersions(version)) {
        const expect = wrong as Version;
        const what = `expect ${typeof wrong === 'string' ? JSON.stringify(wrong.slice(0, 40)) : String(wrong)}`;
        await expectError(`write with ${what}`, refusals, () => driver.write('a', bytes('x'), { expect }));
        await expectError(`remove with ${what}`, refusals, () => driver.remove('a', { expect }));
        await expectError(`write of a new document with ${what}`, refusals, () =>
          driver.write('b', bytes('x'), { expect }),
        );
        await assertHolds(driver, 'a', 'one', `after calls with ${what}`, version);
        await assertMissing(driver, 'b', `after calls with ${what}`);
      }
      await rejectionOf("remove of a document with expect 'absent'", () => driver.remove('a', { expect: 'absent' }));
      await assertHolds(driver, 'a', 'one', "after remove with expect 'absent'", version);
    },
  },
  {
    id: 'D36',
    section: 'D',
    title: 'an unconditional write wins over whatever is there',
    proves: 'No condition means last write wins, not "only if I know the version".',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      await driver.write('a', bytes('one'));
      await peer.write('a', bytes('two'));
      await driver.write('a', bytes('three'), { expect: undefined });
      await assertHolds(peer, 'a', 'three', 'after three unconditional writes');
      await peer.remove('a');
      const version = await driver.write('a', bytes('four'));
      await assertHolds(peer, 'a', 'four', 'after an unconditional write of a removed document', version);
    },
  },
  {
    id: 'D37',
    section: 'D',
    title: 'remove is as strict about versions as write',
    proves: 'Destroying what somebody has just changed is refused.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const stale = await driver.write('a', bytes('one'));
      const current = await peer.write('a', bytes('two'));
      const error = await expectError('remove with a stale version', 'CONFLICT', () =>
        driver.remove('a', { expect: stale }),
      );
      assertCurrent(error.currentVersion, current);
      await assertHolds(peer, 'a', 'two', 'after remove with a stale version', current);
      assert.equal(await driver.remove('a', { expect: current }), true, 'remove with the right version must give true');
      await assertMissing(peer, 'a', 'after remove with the right version');
      await expectError('remove of a missing document with a version', 'CONFLICT', () =>
        driver.remove('a', { expect: current }),
      );
    },
  },
  {
    id: 'D38',
    section: 'D',
    title: 'versions are the same through another instance and after reopening',
    proves: 'A successor can go on from the version that its predecessor wrote down.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const version = await driver.write('a', bytes('one'));
      await assertHolds(driver, 'a', 'one', 'in the instance that wrote it', version);
      await assertHolds(await context.openPeer(), 'a', 'one', 'in another instance', version);
      await driver.close();
      const successor = await context.open();
      await assertHolds(successor, 'a', 'one', 'after reopening', version);
      await successor.write('a', bytes('two'), { expect: version });
    },
  },
  {
    id: 'D39',
    section: 'D',
    title: 'A→B→A gives three versions',
    proves: 'Content that came back is not taken for content that never changed.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const versions: Version[] = [];
      for (const text of ['A', 'B', 'A', 'A']) versions.push(await driver.write('a', bytes(text)));
      assert.equal(
        new Set(versions).size,
        versions.length,
        `writes of A, B, A and A must give four versions, but gave ${versions.join(', ')}`,
      );
      await expectError('write with the version of the first A', 'CONFLICT', () =>
        driver.write('a', bytes('x'), { expect: versions[0] }),
      );
    },
  },
];

function* malformedVersions(version: Version): Generator<unknown> {
  yield* ['', ' ', '0', '*', 'null', 'not-a-version', `"${version}"`, `${version}x`, ` ${version}`, `${version}\n`];
  yield* [version.slice(0, -1), `${version}\0`, '\ud800', '../a', 'x'.repeat(10_000)];
  yield* [null, 42, true, {}, [version], Symbol('version')];
}

/** `currentVersion` is told where the backend knows it; then it must be right. */
function assertCurrent(told: Version | undefined, current: Version): void {
  if (told === undefined) return;
  assert.equal(told, current, `the CONFLICT must carry the current version ${current}, but carries ${told}`);
}
