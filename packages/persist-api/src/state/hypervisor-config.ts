import { z } from 'zod';
import { slice, struct } from './go-types.js';
import { int64, uint32, uint64 } from './integers.js';

/** How the hypervisor was configured when the sandbox was created. */
export const hypervisorConfig = struct({
  // Processors and memory; sizes are MiB where the name says nothing else.
  numVCPUs: uint32,
  numVCPUsF: z.number(),
  defaultMaxVCPUs: uint32,
  memorySize: uint32,
  memSlots: uint32,
  memOffset: uint64,
  sgxepcSize: int64,
  memPrealloc: z.boolean(),
  hugePages: z.boolean(),
  virtioMem: z.boolean(),
  realtime: z.boolean(),
  mlock: z.boolean(),
  fileBackedMemRootDir: z.string(),
  fileBackedMemRootList: slice(z.string()),

  // What is run, and from which files.
  kernelPath: z.string(),
  imagePath: z.string(),
  initrdPath: z.string(),
  firmwarePath: z.string(),
  machineAccelerators: z.string(),
  cpuFeatures: z.string(),
  hypervisorPath: z.string(),
  hypervisorPathList: slice(z.string()),
  hypervisorCtlPath: z.string(),
  hypervisorCtlPathList: slice(z.string()),
  hypervisorMachineType: z.string(),
  jailerPath: z.string(),
  jailerPathList: slice(z.string()),
  seccompSandbox: z.string(),
  memoryPath: z.string(),
  devicesStatePath: z.string(),
  entropySource: z.string(),
  entropySourceList: slice(z.string()),
  guestHookPath: z.string(),
  vmid: z.string(),
  enableAnnotations: slice(z.string()),

  // Devices.
  defaultBridges: uint32,
  pcieRootPort: uint32,
  pcieSwitchPort: uint32,
  hotplugVFIOOnRootBus: z.boolean(),
  hotPlugVFIO: z.string(),
  coldPlugVFIO: z.string(),
  blockDeviceDriver: z.string(),
  blockDeviceCacheSet: z.boolean(),
  blockDeviceCacheDirect: z.boolean(),
  blockDeviceCacheNoflush: z.boolean(),
  blockDeviceLogicalSectorSize: uint32,
  blockDevicePhysicalSectorSize: uint32,
  disableBlockDeviceUse: z.boolean(),
  enableIOThreads: z.boolean(),
  indepIOThreads: uint32,
  disableImageNvdimm: z.boolean(),
  enableVhostUserStore: z.boolean(),
  vhostUserStorePath: z.string(),
  vhostUserStorePathList: slice(z.string()),

  // Shared file systems and the network.
  sharedFS: z.string(),
  msize9p: uint32,
  virtioFSDaemon: z.string(),
  virtioFSDaemonList: slice(z.string()),
  virtioFSCache: z.string(),
  virtioFSCacheSize: uint32,
  virtioFSExtraArgs: slice(z.string()),
  useVSock: z.boolean(),
  disableVhostNet: z.boolean(),
  rxRateLimiterMaxRate: uint64,
  txRateLimiterMaxRate: uint64,

  // Running it.
  debug: z.boolean(),
  disableNestingChecks: z.boolean(),
  bootToBeTemplate: z.boolean(),
  bootFromTemplate: z.boolean(),
});

export type HypervisorConfig = z.infer<typeof hypervisorConfig>;
