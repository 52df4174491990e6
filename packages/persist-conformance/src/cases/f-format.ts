import assert from 'node:assert/strict';
import { type Migration, SandboxStore } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, bytes, collect, textOf } from '../documents.js';
import { expectError } from '../expect-error.js';
import { assertState, stateOf, stateWith } from '../states.js';

const toFormat2: Migration = ({ sandbox }) => {
  sandbox.custom = { renamed: sandbox.custom };
};
const toFormat3: Migration = ({ sandbox, containers }) => {
  sandbox.custom.steps = 3;
  containers.set('infra', { state: 'ready' });
};

export const formatCases: readonly ConformanceCase[] = [
  {
    id: 'F56',
    section: 'F',
    title: 'older formats are migrated on load, and written anew only by a save',
    proves: 'An upgrade of the program does not need an upgrade of the data, and looking does not change it.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const formats = [[], [toFormat2], [toFormat2, toFormat3]].map(
        (migrations) => new SandboxStore(driver, { migrations }),
      );
      const [first, second, third] = formats as [SandboxStore, SandboxStore, SandboxStore];
      const revision = await first.save('a', stateWith('old'));
      const stored = textOf((await driver.read('default/sandboxes/a')) ?? { data: bytes(''), version: '' });
      const loaded = await third.load('a');
      const migrated = {
        sandbox: stateWith({ renamed: 'old', steps: 3 }).sandbox,
        containers: new Map([['infra', { state: 'ready' as const }]]),
      };
      assertState(loaded, migrated, 'load of format 1 by a program of format 3');
      assertState(await second.load('a'), stateWith({ renamed: 'old' }), 'load of format 1 by a program of format 2');
      await assertHolds(driver, 'default/sandboxes/a', stored, 'after loads by newer programs', revision);
      await third.update('a', ({ sandbox }) => void (sandbox.state = 'running'));
      const updated = { ...migrated, sandbox: { ...migrated.sandbox, state: 'running' as const } };
      assertState(await third.load('a'), updated, 'after an update, which must not migrate twice');
    },
  },
  {
    id: 'F57',
    section: 'F',
    title: 'a newer format is FORMAT_UNSUPPORTED and stays untouched',
    proves: 'A downgrade destroys nothing.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const newer = new SandboxStore(driver, { migrations: [toFormat2] });
      const older = new SandboxStore(driver);
      const revision = await newer.save('a', stateOf('two', 'c1'));
      const calls = {
        load: () => older.load('a'),
        find: () => older.find('a'),
        update: () => older.update('a', ({ sandbox }) => void (sandbox.state = 'stopped')),
      };
      for (const [name, call] of Object.entries(calls)) {
        await expectError(`${name} of a newer format`, 'FORMAT_UNSUPPORTED', call);
      }
      assert.deepEqual(await collect(older.list()), ['a'], 'a sandbox of a newer format must be listed');
      const snapshot = await newer.load('a');
      assertState(snapshot, stateOf('two', 'c1'), 'after calls by an older program');
      assert.equal(snapshot.revision, revision, 'calls by an older program must not make a revision');
    },
  },
  {
    id: 'F58',
    section: 'F',
    title: 'golden documents of every format load',
    proves: 'What was saved by any released version is still there after an upgrade.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const store = new SandboxStore(driver);
      for (const [name, { document, state }] of Object.entries(goldenDocuments)) {
        const version = await driver.write('default/sandboxes/golden', bytes(document));
        const snapshot = await store.load('golden');
        assertState(snapshot, state, `load of the golden document of ${name}`);
        assert.equal(snapshot.revision, version, 'the revision must be the version of the document');
        assert.equal(snapshot.savedAt.toISOString(), '2026-01-31T12:00:00.000Z', 'savedAt must be as it was written');
      }
    },
  },
];

/** Never to be changed: a new format adds one. */
const goldenDocuments = {
  'format 1': {
    document:
      '{"layout":1,"format":1,"id":"golden","savedAt":"2026-01-31T12:00:00.000Z","sandbox":{"state":"running",' +
      '"cgroupPath":"/kata/golden","devices":[{"id":"d1","type":"block","refCount":18446744073709551615,' +
      '"blockDrive":{"file":"/dev/sda","pciPath":"02/03"},"vfioDevs":null}],"custom":{"é":[0,false,null,""]}},' +
      '"containers":{"c1":{"state":"paused","process":{"pid":42}},"c2":{"state":"stopped"}}}',
    state: {
      sandbox: {
        state: 'running' as const,
        cgroupPath: '/kata/golden',
        devices: [
          {
            id: 'd1',
            type: 'block',
            refCount: 2n ** 64n - 1n,
            blockDrive: { file: '/dev/sda', pciPath: '02/03' },
            vfioDevs: null,
          },
        ],
        custom: { é: [0, false, null, ''] },
      },
      containers: new Map([
        ['c1', { state: 'paused' as const, process: { pid: 42 } }],
        ['c2', { state: 'stopped' as const }],
      ]),
    },
  },
};
