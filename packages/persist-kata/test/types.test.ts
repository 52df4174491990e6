import { describe, expect, test } from 'vitest';
import {
  assertTransition,
  cmdCodec,
  containerStateItemCodec,
  envVarCodec,
  formatSockets,
  formatVolumes,
  isStateString,
  linuxCapabilitiesCodec,
  parseSockets,
  parseVolumes,
  resourcesCodec,
  sandboxStateItemCodec,
  socketCodec,
  stateStrings,
  volumeCodec,
} from '../src/index.js';

const invalid = (message: string) =>
  expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) });

test('the state strings and their transitions', () => {
  expect(stateStrings).toEqual(['ready', 'running', 'paused', 'stopped']);
  expect(isStateString('')).toBe(false);
  assertTransition('ready', 'ready', 'running');
  expect(() => assertTransition('running', 'ready', 'stopped')).toThrow("the state is 'running'");
});

describe('volumes', () => {
  test('are read and written', () => {
    const volumes = [
      { mountTag: 'a', hostPath: '/a' },
      { mountTag: 'b', hostPath: '/b/é' },
    ];
    expect(parseVolumes('a:/a b:/b/é')).toEqual(volumes);
    expect(formatVolumes(volumes)).toBe('a:/a b:/b/é');
  });

  test.each(['', ' ', 'a', 'a:', ':b', 'a:b:c', 'a:b  c:d', 'a:b ', ' a:b', 'a:b c'])(
    '%j is refused as a whole',
    (text) => {
      expect(() => parseVolumes(text)).toThrow(invalid('expected tokens mountTag:hostPath'));
    },
  );

  test.each([
    [[]],
    [[{ mountTag: '', hostPath: '/a' }]],
    [[{ mountTag: 'a', hostPath: '/a b' }]],
    [
      [
        { mountTag: 'a', hostPath: '/a' },
        { mountTag: 'a:b', hostPath: '/a' },
      ],
    ],
    [[{ mountTag: 'a' }]],
    [[null]],
    [undefined],
  ])('%j is not written, as it could not be read back', (volumes) => {
    expect(() => formatVolumes(volumes as never)).toThrow(invalid('volumes'));
  });

  test('in JSON', () => {
    expect(volumeCodec.encode({ mountTag: 'a', hostPath: '/a' })).toBe('{"MountTag":"a","HostPath":"/a"}');
  });
});

describe('sockets', () => {
  const sockets = [
    { deviceID: 'd', id: 'i', hostPath: '/h', name: 'n' },
    { deviceID: 'D', id: 'I', hostPath: '/H', name: 'N' },
  ];

  test('are read and written', () => {
    expect(parseSockets('d:i:/h:n D:I:/H:N')).toEqual(sockets);
    expect(formatSockets(sockets)).toBe('d:i:/h:n D:I:/H:N');
  });

  test.each(['', 'a:b:c', 'a:b:c:d:e', 'a::c:d', 'a:b:c:d  a:b:c:d'])('%j is refused as a whole', (text) => {
    expect(() => parseSockets(text)).toThrow(invalid('expected tokens deviceID:id:hostPath:name'));
  });

  test('what could not be read back is not written', () => {
    expect(() => formatSockets([...sockets, { ...sockets[0], name: 'a b' } as never])).toThrow(
      invalid('sockets[2].name "a b" is not valid'),
    );
  });

  test('in JSON', () => {
    expect(socketCodec.encode(sockets[0] as never)).toBe('{"DeviceID":"d","ID":"i","HostPath":"/h","Name":"n"}');
  });
});

test('an environment variable', () => {
  expect(envVarCodec.decode('{"Var":"PATH","Value":"/bin"}')).toEqual({ var: 'PATH', value: '/bin' });
  expect(envVarCodec.encode({ var: 'PATH', value: '/bin' })).toBe('{"Var":"PATH","Value":"/bin"}');
});

test('capabilities, by the names of Kata or of the OCI specification', () => {
  const capabilities = { bounding: ['CAP_KILL'], ambient: null };
  expect(linuxCapabilitiesCodec.decode('{"Bounding":["CAP_KILL"],"Ambient":null}')).toEqual(capabilities);
  expect(linuxCapabilitiesCodec.decode('{"bounding":["CAP_KILL"],"ambient":null}')).toEqual(capabilities);
  expect(linuxCapabilitiesCodec.encode(capabilities)).toBe('{"Bounding":["CAP_KILL"],"Ambient":null}');
});

test('a command: users and groups stay strings', () => {
  const json =
    '{"Args":["sh","-c","echo \\u003chi\\u003e"],"Envs":[{"Var":"A","Value":""}],"SupplementaryGroups":null,"User":"007",' +
    '"PrimaryGroup":"0","WorkDir":"/","Console":"","Capabilities":null,"Interactive":false,"Detach":true,"NoNewPrivileges":false}';
  const command = cmdCodec.decode(json);
  expect(command).toMatchObject({ args: ['sh', '-c', 'echo <hi>'], user: '007', supplementaryGroups: null });
  expect(cmdCodec.encode(command)).toBe(json);
  expect(() => cmdCodec.encode({ user: 7 } as never)).toThrow(invalid('user 7 is not valid'));
  expect(() => cmdCodec.decode('{"PrimaryGroup":0}')).toThrow('PrimaryGroup 0 is not valid');
});

test('resources are checked for their ranges', () => {
  const most = { memory: 18446744073709551615n, memorySlots: 255 };
  expect(resourcesCodec.decode(resourcesCodec.encode(most))).toEqual(most);
  expect(resourcesCodec.encode({ memory: 2048, memorySlots: 10 })).toBe('{"Memory":2048,"MemorySlots":10}');
  for (const wrong of [
    { memory: -1 },
    { memory: 2n ** 64n },
    { memory: 0.5 },
    { memorySlots: 256 },
    { memorySlots: -1 },
  ]) {
    expect(() => resourcesCodec.encode(wrong)).toThrow(invalid('expected an integer from 0 to'));
  }
});

describe('the state of a sandbox', () => {
  test.each([
    [
      'older',
      '{"state":"ready","blockIndex":3,"guestMemoryBlockSize":128,"guestMemoryHotplugProbe":true,"cgroupPath":"/kata"}',
      { state: 'ready', blockIndex: 3, guestMemoryBlockSize: 128, guestMemoryHotplugProbe: true, cgroupPath: '/kata' },
    ],
    [
      'later',
      '{"state":"running","blockIndexMap":{"0":{},"1":{},"10":{}},"guestMemoryBlockSize":128,"guestMemoryHotplugProbe":true,' +
        '"cgroupPath":"/x","cgroupPaths":{"cpu":"/sys/fs/cgroup/cpu/x"}}',
      { state: 'running', blockIndexMap: { 0: {}, 1: {}, 10: {} }, cgroupPaths: { cpu: '/sys/fs/cgroup/cpu/x' } },
    ],
  ])('the %s form is read, and written as it was', (_, json, expected) => {
    const state = sandboxStateItemCodec.decode(json);
    expect(state).toMatchObject(expected);
    expect(sandboxStateItemCodec.encode(state)).toBe(json);
  });

  test('an empty cgroup path is left out', () => {
    expect(sandboxStateItemCodec.encode({ state: 'ready', cgroupPath: '', cgroupPaths: null })).toBe(
      '{"state":"ready","cgroupPaths":null}',
    );
  });

  test('a state that was never saved is the empty string; no other is taken', () => {
    expect(sandboxStateItemCodec.decode('{"state":""}')).toEqual({ state: '' });
    expect(() => sandboxStateItemCodec.decode('{"state":"booting"}')).toThrow('state "booting" is not valid');
  });
});

test('the state of a container', () => {
  const json = '{"state":"running","BlockDeviceID":"5af2","fstype":"ext4","cgroupPath":"/kata"}';
  const state = containerStateItemCodec.decode(json);
  expect(state).toEqual({ state: 'running', blockDeviceID: '5af2', fstype: 'ext4', cgroupPath: '/kata' });
  expect(containerStateItemCodec.encode(state)).toBe(json);
  expect(containerStateItemCodec.encode({ ...state, cgroupPath: '' })).not.toContain('cgroupPath');
});
