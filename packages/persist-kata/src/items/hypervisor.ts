import { goTypes, int64, uint32 } from '@sandkeep/persist-api';
import { z } from 'zod';

const { integerMap, slice, struct } = goTypes;

const bridge = struct({
  devices: integerMap(z.string()),
  id: z.string(),
  addr: int64,
  type: z.string(),
  maxCapacity: uint32,
});

/** The item `hypervisor`: Kata's `QemuState`. The fields of other hypervisors are kept as they are. */
export const hypervisorItem = struct({
  bridges: slice(bridge),
  hotpluggedVCPUs: slice(struct({ id: z.string() })),
  hotpluggedMemory: int64,
  uuid: z.string(),
  hotplugVFIOOnRootBus: z.boolean(),
  virtiofsdPid: int64,
  pcieRootPort: int64,
});

/** What Kata keeps in `hypervisor.json`. */
export type HypervisorItem = z.infer<typeof hypervisorItem>;
