import type { ContainerItems, Device, SandboxItems } from '@sandkeep/persist-kata';

const max = 2n ** 64n - 1n;

/** A device of each type that Kata has. */
export const devices: Device[] = [
  { type: 'generic', data: { id: 'g', deviceInfo: { hostPath: '/dev/fuse', devType: 'c', major: 10, minor: 229 } } },
  {
    type: 'block',
    data: {
      id: 'b',
      deviceInfo: { hostPath: '/dev/sdb', driverOptions: { 'block-driver': 'virtio-scsi' }, fileMode: 432 },
      refCount: max,
      attachCount: 1,
      blockDrive: { file: '/dev/sdb', index: 3, pciPath: '02/03', scsiAddr: '0:1', shareRW: true },
    },
  },
  { type: 'vfio', data: { id: 'v', deviceInfo: null, vfioDevs: [{ isPCIe: true, type: 1, bdf: '02:10.0' }] } },
  { type: 'vhost-user-blk-pci', data: { id: 'ub', vhostUserDeviceAttrs: { devID: 'x', socketPath: '/run/vhost' } } },
  { type: 'vhost-user-scsi-pci', data: { id: 'us', devID: 'y', socketPath: '/run/scsi', index: 1 } },
  { type: 'vhost-user-fs-pci', data: { id: 'uf', tag: 'kata', cacheSize: 1024, cache: 'always' } },
  { type: 'virtio-net-pci', data: { id: 'un', macAddress: '02:00:ca:fe:00:01' } },
];

const common = {
  network: {
    netNsPath: '/run/netns/cni-1',
    netNsCreated: true,
    endpoints: [
      { type: 'physical', data: { ifaceName: 'eth0', bdf: '0000:02:10.0', pciPath: {} } },
      { type: 'carrier-pigeon', raw: { Wings: 2, Name: 'Ada', Grains: max } },
    ],
  },
  hypervisor: { uuid: 'a1b2', bridges: [{ id: 'pci-0', devices: { '1': 'net0', '10': 'x' }, maxCapacity: 30 }] },
  agent: { proxyPid: 4244, url: 'vsock://3:1024' },
  process: { token: 't', pid: 10_000, startTime: '2021-05-05T14:51:00.123456789+02:00' },
  mounts: [{ source: '/a', destination: '/b', options: null, readOnly: false }],
  devices,
  'device-ids': [{ id: 'b', containerPath: '/dev/xvda', fileMode: 432, uid: 1000, gid: 6 }],
  uuid: { 'a81ba9c1-a5bd-4e64-93b7-2e37bd5d9c4d': 1, big: max },
} satisfies Partial<SandboxItems>;

/** Data of every item of a sandbox. */
export const sandboxItems: SandboxItems = {
  ...common,
  configuration: {
    id: 'web',
    hostname: 'pod-<1>&',
    hypervisorType: 'qemu',
    hypervisorConfig: { numVCPUs: 2, kernelParams: [{ key: 'agent.log', value: 'debug' }], hypervisorParams: null },
    volumes: [],
    annotations: { constructor: 'a', 'io.kubernetes.pod.name': 'nginx' },
    shmSize: max,
    cgroups: { path: '/kubepods', cpuShares: max, paths: { cpu: '/sys/fs/cgroup/cpu' } },
    invented: { By: ['a newer Kata', { Exact: max }] },
  },
  state: { state: 'running', blockIndexMap: { '0': {}, '10': {} }, guestMemoryBlockSize: 128, cgroupPath: '/x' },
};

/** Data of every item of a container. */
export const containerItems: ContainerItems = {
  ...common,
  configuration: {
    id: 'web-1',
    rootFs: { source: '/dev/vda', options: ['ro'], mounted: true },
    cmd: { args: ['sh', '-c', 'a && b'], user: '007', envs: [{ var: 'PATH', value: '/bin' }], capabilities: null },
    resources: { memory: { limit: 536_870_912, swap: -1 }, cpu: { quota: -(2n ** 63n) } },
  },
  state: { state: 'ready', blockDeviceID: 'b', fstype: 'ext4' },
};
