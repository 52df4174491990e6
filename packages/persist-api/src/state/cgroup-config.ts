import { z } from 'zod';
import { map, pointer, slice, struct } from './go-types.js';
import { int32, int64, uint16, uint32, uint64 } from './integers.js';

const cgroupDevice = struct({
  type: int32,
  path: z.string(),
  major: int64,
  minor: int64,
  permissions: z.string(),
  fileMode: uint32,
  uid: uint32,
  gid: uint32,
  allow: z.boolean(),
});
const cgroupDevices = slice(pointer(cgroupDevice));
const throttleDevices = slice(pointer(struct({ major: int64, minor: int64, rate: uint64 })));

/** The cgroup of a sandbox, as libcontainer describes it. */
export const cgroupConfig = struct({
  name: z.string(),
  parent: z.string(),
  path: z.string(),
  scopePrefix: z.string(),
  paths: map(z.string()),
  allowAllDevices: pointer(z.boolean()),
  allowedDevices: cgroupDevices,
  deniedDevices: cgroupDevices,
  devices: cgroupDevices,
  memory: int64,
  memoryReservation: int64,
  memorySwap: int64,
  kernelMemory: int64,
  kernelMemoryTcp: int64,
  cpuShares: uint64,
  cpuQuota: int64,
  cpuPeriod: uint64,
  cpuRtQuota: int64,
  cpuRtPeriod: uint64,
  cpusetCpus: z.string(),
  cpusetMems: z.string(),
  pidsLimit: int64,
  blkioWeight: uint16,
  blkioLeafWeight: uint16,
  blkioWeightDevice: slice(pointer(struct({ major: int64, minor: int64, weight: uint16, leafWeight: uint16 }))),
  blkioThrottleReadBpsDevice: throttleDevices,
  blkioThrottleWriteBpsDevice: throttleDevices,
  blkioThrottleReadIopsDevice: throttleDevices,
  blkioThrottleWriteIopsDevice: throttleDevices,
  freezer: z.string(),
  hugetlbLimit: slice(pointer(struct({ pageSize: z.string(), limit: uint64 }))),
  oomKillDisable: z.boolean(),
  memorySwappiness: pointer(uint64),
  netPrioIfpriomap: slice(pointer(struct({ interface: z.string(), priority: int64 }))),
  netClsClassidU: uint32,
  cpuWeight: uint64,
  cpuMax: z.string(),
});

export type CgroupConfig = z.infer<typeof cgroupConfig>;
