import { z } from 'zod';
import { integerMap, slice, struct } from './go-types.js';
import { int64, uint32 } from './integers.js';

/** A PCI bridge of the guest, and what is plugged into each of its slots. */
export const bridge = struct({
  deviceAddr: integerMap(z.string()),
  type: z.string(),
  id: z.string(),
  addr: int64,
  parentID: z.string(),
  parentAddr: int64,
});

/** The running hypervisor. `blockIndexMap` has the block indexes in use as its keys. */
export const hypervisorState = struct({
  pid: int64,
  type: z.string(),
  blockIndexMap: integerMap(z.looseObject({})),
  uuid: z.string(),
  bridges: slice(bridge),
  hotpluggedVCPUs: slice(struct({ id: z.string() })),
  hotpluggedMemory: int64,
  virtiofsdPid: int64,
  virtiofsDaemonPid: int64,
  hotplugVFIOOnRootBus: z.boolean(),
  hotPlugVFIO: z.string(),
  coldPlugVFIO: z.string(),
  pcieRootPort: int64,
  pcieSwitchPort: uint32,
  apiSocket: z.string(),
});

/** A PCI or CCW bridge of the virtual machine, in {@link HypervisorState}. */
export type Bridge = z.infer<typeof bridge>;
export type HypervisorState = z.infer<typeof hypervisorState>;
