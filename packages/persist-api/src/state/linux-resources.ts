import { z } from 'zod';
import { map, pointer, slice, struct } from './go-types.js';
import { int64, uint16, uint32, uint64 } from './integers.js';

const blockIoDevice = { major: int64, minor: int64 };
const throttleDevices = slice(struct({ ...blockIoDevice, rate: uint64 }));

/** The resource limits of a container: `linux.resources` of the OCI runtime specification. */
export const linuxResources = struct({
  devices: slice(
    struct({
      allow: z.boolean(),
      type: z.string(),
      major: pointer(int64),
      minor: pointer(int64),
      access: z.string(),
    }),
  ),
  memory: pointer(
    struct({
      limit: pointer(int64),
      reservation: pointer(int64),
      swap: pointer(int64),
      kernel: pointer(int64),
      kernelTCP: pointer(int64),
      swappiness: pointer(uint64),
      disableOOMKiller: pointer(z.boolean()),
    }),
  ),
  cpu: pointer(
    struct({
      shares: pointer(uint64),
      quota: pointer(int64),
      period: pointer(uint64),
      realtimeRuntime: pointer(int64),
      realtimePeriod: pointer(uint64),
      cpus: z.string(),
      mems: z.string(),
    }),
  ),
  pids: pointer(struct({ limit: int64 })),
  blockIO: pointer(
    struct({
      weight: pointer(uint16),
      leafWeight: pointer(uint16),
      weightDevice: slice(struct({ ...blockIoDevice, weight: pointer(uint16), leafWeight: pointer(uint16) })),
      throttleReadBpsDevice: throttleDevices,
      throttleWriteBpsDevice: throttleDevices,
      throttleReadIOPSDevice: throttleDevices,
      throttleWriteIOPSDevice: throttleDevices,
    }),
  ),
  hugepageLimits: slice(struct({ pageSize: z.string(), limit: uint64 })),
  network: pointer(
    struct({
      classID: pointer(uint32),
      priorities: slice(struct({ name: z.string(), priority: uint32 })),
    }),
  ),
  rdma: map(struct({ hcaHandles: pointer(uint32), hcaObjects: pointer(uint32) })),
});

export type LinuxResources = z.infer<typeof linuxResources>;
