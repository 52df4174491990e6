import { blockDrive, goTypes, uint64, vfioDev, vhostUserDeviceAttrs } from '@sandkeep/persist-api';
import { z } from 'zod';
import { goNamings } from '../go-json/go-naming.js';
import { deviceInfo } from './device-info.js';

const { pointer, slice, struct } = goTypes;

/** What every device has. */
export const genericDevice = struct({
  id: z.string(),
  deviceInfo: pointer(deviceInfo),
  refCount: uint64,
  attachCount: uint64,
});

/** A block device. */
export const blockDevice = genericDevice.extend(struct({ blockDrive: pointer(blockDrive) }).shape);

/** The devices of a VFIO group. */
export const vfioDevice = genericDevice.extend(struct({ vfioDevs: slice(pointer(vfioDev)) }).shape);
goNamings.add(vfioDevice, { names: { vfioDevs: 'VfioDevs' } });

/** A block device over vhost-user. */
export const vhostUserBlkDevice = genericDevice.extend(
  struct({ vhostUserDeviceAttrs: pointer(vhostUserDeviceAttrs) }).shape,
);

/** A vhost-user device whose attributes stand among its own fields. */
export const vhostUserDevice = genericDevice.extend(vhostUserDeviceAttrs.shape);

export type GenericDevice = z.infer<typeof genericDevice>;
export type BlockDevice = z.infer<typeof blockDevice>;
export type VfioDevice = z.infer<typeof vfioDevice>;
export type VhostUserBlkDevice = z.infer<typeof vhostUserBlkDevice>;
export type VhostUserDevice = z.infer<typeof vhostUserDevice>;
