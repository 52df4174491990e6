import assert from 'node:assert/strict';
import { type DeviceState, SandboxStore } from '@sandkeep/persist-api';
import type { CaseContext } from '../case-context.js';
import type { ConformanceCase } from '../conformance-case.js';
import { expectError } from '../expect-error.js';
import { assertState, stateOf, stateWith } from '../states.js';

export const valueRoundTripCases: readonly ConformanceCase[] = [
  {
    id: 'B19',
    section: 'B',
    title: 'unicode, "", 0, false, null, [] and {} come back as they were',
    proves: 'No value is dropped because it is falsy, and no text because it is not ASCII.',
    needs: [],
    run: (context) =>
      assertValues(context, {
        text: ['é', 'e\u0301', '日本語', '😀', '\u2028\u2029', '\0\t\r\n"\\', '<>&', '\ufeff', 'x'.repeat(100_000)],
        empty: { text: '', zero: 0, no: false, nothing: null, list: [], object: {}, nested: [[], [{}], null] },
        numbers: [0, -1, 0.1, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
        'a key with spaces and "quotes"': { '': 'an empty key', '0': 'a number as a key' },
      }),
  },
  {
    id: 'B20',
    section: 'B',
    title: 'integers beyond 2^53 come back exactly',
    proves: 'Memory sizes and identifiers of 64 bits do not change by being saved.',
    needs: [],
    async run(context) {
      const integers = [2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n, -(2n ** 63n), 9_007_199_254_740_993n];
      await assertValues(context, { integers });
      const store = new SandboxStore(await context.open());
      const device: DeviceState = { id: 'd', type: 'block', refCount: 2n ** 64n - 1n, major: -(2n ** 63n) };
      const state = { sandbox: { state: 'ready' as const, devices: [device] }, containers: new Map() };
      await store.save('device', state);
      assertState(await store.load('device'), state, 'after a save of a device with counters of 64 bits');
    },
  },
  {
    id: 'B21',
    section: 'B',
    title: 'fields that the schema does not know are kept',
    proves: 'An older program does not cut away what a newer one has written.',
    needs: [],
    async run(context) {
      const store = new SandboxStore(await context.open());
      const state = {
        sandbox: {
          state: 'ready' as const,
          future: { deep: [1, { er: true }] },
          config: { hypervisorType: 'qemu', future: 1 },
        },
        containers: new Map([
          ['c1', { state: 'running' as const, future: 'kept', rootfs: { fsType: 'ext4', future: null } }],
        ]),
      };
      await store.save('a', state);
      assertState(await store.load('a'), state, 'after a save with unknown fields');
      await store.update('a', ({ sandbox }) => void (sandbox.state = 'running'));
      const changed = { ...state, sandbox: { ...state.sandbox, state: 'running' as const } };
      assertState(await store.load('a'), changed, 'after an update of another field');
    },
  },
  {
    id: 'B22',
    section: 'B',
    title: 'a device of an unknown type is kept as it is',
    proves: 'One new kind of device does not make a whole sandbox unreadable.',
    needs: [],
    run: (context) =>
      assertDevices(context, [
        { id: 'known', type: 'block' },
        { id: 'new', type: 'quantum-link', entangledWith: ['a', 'b'], queue: { depth: 2n ** 60n } },
      ]),
  },
  {
    id: 'B23',
    section: 'B',
    title: 'devices of every type come back with all their fields',
    proves: 'A successor can detach and re-attach what its predecessor attached.',
    needs: [],
    run: (context) => assertDevices(context, devices),
  },
  {
    id: 'B24',
    section: 'B',
    title: 'a cycle, a function, a class instance or a NaN is refused before anything is written',
    proves: 'A state that cannot be encoded leaves the earlier one intact.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const store = new SandboxStore(driver);
      const revision = await store.save('a', stateOf('one', 'c1'));
      const cycle: Record<string, unknown> = { name: 'cycle' };
      cycle['self'] = { again: [cycle] };
      const values = {
        cycle,
        function: () => {},
        symbol: Symbol('s'),
        date: new Date(),
        map: new Map(),
        nan: Number.NaN,
      };
      for (const [name, value] of Object.entries(values)) {
        await expectError(`save of a state with a ${name}`, 'INVALID_ARGUMENT', () =>
          store.save('a', stateWith({ value })),
        );
        await expectError(`save of a new state with a ${name}`, 'INVALID_ARGUMENT', () =>
          store.save('b', stateWith(value)),
        );
        await expectError(`update that adds a ${name}`, 'INVALID_ARGUMENT', () =>
          store.update('a', ({ sandbox }) => void (sandbox.custom = value)),
        );
      }
      const snapshot = await store.load('a');
      assertState(snapshot, stateOf('one', 'c1'), 'after saves that were refused');
      assert.equal(snapshot.revision, revision, 'a refused save must not make a revision');
      assert.equal(await store.find('b'), undefined, 'a refused first save must leave nothing');
    },
  },
  {
    id: 'B25',
    section: 'B',
    title: '`__proto__`, `constructor` and the like are plain names',
    proves: 'Data from outside cannot reach the prototypes of the program.',
    needs: [],
    async run(context) {
      const custom = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1,"hasOwnProperty":null}',
      );
      await assertValues(context, custom);
      assert.equal(({} as { polluted?: unknown }).polluted, undefined, 'loading must not change a prototype');
      const store = new SandboxStore(await context.open());
      const names = ['constructor', 'hasOwnProperty', 'toString', 'valueOf'];
      for (const name of names) {
        await store.save(name, stateOf(name, ...names));
        assertState(await store.load(name), stateOf(name, ...names), `after a save of the sandbox "${name}"`);
      }
      await expectError('save of a sandbox called __proto__', 'INVALID_ARGUMENT', () =>
        store.save('__proto__', stateOf('x')),
      );
    },
  },
];

const devices: readonly DeviceState[] = [
  {
    id: 'block-1',
    type: 'block',
    refCount: 1,
    attachCount: 2,
    devType: 'b',
    major: 8,
    minor: 0,
    coldPlug: true,
    driverOptions: { 'block-driver': 'virtio-blk' },
    blockDrive: {
      file: '/dev/sda',
      format: 'raw',
      id: 'drive-1',
      index: 0,
      pciPath: '02/03',
      shareRW: false,
      readOnly: true,
    },
    vfioDevs: null,
    vhostUserDev: null,
  },
  {
    id: 'nvdimm-1',
    type: 'block',
    blockDrive: { nvdimmID: 'nv0', pmem: true, pciPath: {}, scsiAddr: '0:1', devNo: 'fe.0.0001' },
  },
  {
    id: 'vfio-1',
    type: 'vfio',
    vfioDevs: [
      {
        id: 'v0',
        type: 1,
        bdf: '0000:00:02.0',
        sysfsDev: '/sys/bus/pci/devices/0000:00:02.0',
        isPCIe: true,
        apDevices: null,
      },
      null,
    ],
  },
  { id: 'generic-1', type: 'generic', devType: 'c', major: 1, minor: 3, driverOptions: {} },
  ...['vhost-user-blk-pci', 'vhost-user-scsi-pci', 'vhost-user-fs-pci', 'virtio-net-pci'].map((type) => ({
    id: `${type}-1`,
    type,
    vhostUserDev: {
      devID: 'u0',
      socketPath: '/run/u.sock',
      type,
      macAddress: '02:00:00:00:00:01',
      tag: 'shared',
      queueSize: 1024,
    },
  })),
];

async function assertValues(context: CaseContext, custom: unknown): Promise<void> {
  const store = new SandboxStore(await context.open());
  await store.save('values', stateWith(custom));
  const successor = new SandboxStore(await context.openPeer());
  assertState(await successor.load('values'), stateWith(custom), 'after a save of special values');
}

async function assertDevices(context: CaseContext, list: readonly DeviceState[]): Promise<void> {
  const store = new SandboxStore(await context.open());
  const state = { sandbox: { state: 'running' as const, devices: [...list] }, containers: new Map() };
  await store.save('devices', state);
  const successor = new SandboxStore(await context.openPeer());
  assertState(await successor.load('devices'), state, 'after a save of devices');
}
