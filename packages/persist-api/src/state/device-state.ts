import { z } from 'zod';
import { map, pointer, slice, struct } from './go-types.js';
import { int64, uint32, uint64 } from './integers.js';
import { pciPath } from './pci-path.js';

/** A block device as the guest sees it. */
export const blockDrive = struct({
  file: z.string(),
  format: z.string(),
  id: z.string(),
  index: int64,
  mmioAddr: z.string(),
  pciPath,
  scsiAddr: z.string(),
  nvdimmID: z.string(),
  virtPath: z.string(),
  devNo: z.string(),
  shareRW: z.boolean(),
  readOnly: z.boolean(),
  discardUnmap: z.boolean(),
  pmem: z.boolean(),
  swap: z.boolean(),
});

/** One device of a VFIO group. */
export const vfioDev = struct({
  id: z.string(),
  type: uint32,
  bdf: z.string(),
  sysfsDev: z.string(),
  devfsDev: z.string(),
  vendorID: z.string(),
  deviceID: z.string(),
  class: z.string(),
  bus: z.string(),
  guestPciPath: pciPath,
  numaNode: int64,
  isPCIe: z.boolean(),
  apDevices: slice(z.string()),
  port: z.string(),
  hostPath: z.string(),
});

/** A vhost-user device: blk, scsi, net, fs. */
export const vhostUserDeviceAttrs = struct({
  devID: z.string(),
  socketPath: z.string(),
  type: z.string(),
  macAddress: z.string(),
  tag: z.string(),
  cache: z.string(),
  pciPath,
  index: int64,
  cacheSize: uint32,
  queueSize: uint32,
  reconnectTime: uint32,
});

/**
 * A device of a sandbox. `type` is `block`, `vfio`, `vhost-user-blk-pci`, … or one that this package
 * has never heard of: such a device is kept as it is.
 */
export const deviceState = struct({
  id: z.string(),
  type: z.string(),
  refCount: uint64,
  attachCount: uint64,
  devType: z.string(),
  major: int64,
  minor: int64,
  coldPlug: z.boolean(),
  driverOptions: map(z.string()),
  blockDrive: pointer(blockDrive),
  vfioDevs: slice(pointer(vfioDev)),
  vhostUserDev: pointer(vhostUserDeviceAttrs),
});

export type BlockDrive = z.infer<typeof blockDrive>;
export type VfioDev = z.infer<typeof vfioDev>;
export type VhostUserDeviceAttrs = z.infer<typeof vhostUserDeviceAttrs>;
export type DeviceState = z.infer<typeof deviceState>;
