import type { TypedValue, Types } from '../go-json/typed-value.js';
import { blockDevice, genericDevice, vfioDevice, vhostUserBlkDevice, vhostUserDevice } from './kata-devices.js';

/** The schemas of devices, by the name of the type in Kata's JSON. */
export type DeviceTypes = Types;

/** The types of Kata itself. */
export const kataDeviceTypes = {
  generic: genericDevice,
  block: blockDevice,
  vfio: vfioDevice,
  'vhost-user-blk-pci': vhostUserBlkDevice,
  'vhost-user-scsi-pci': vhostUserDevice,
  'vhost-user-fs-pci': vhostUserDevice,
  'virtio-net-pci': vhostUserDevice,
} as const satisfies DeviceTypes;

/** The types of {@link kataDeviceTypes}. */
export type KataDeviceTypes = typeof kataDeviceTypes;

/**
 * A device: `{ type, data }`, or `{ type, raw }` with the JSON as it was found if nobody registered the type.
 * `device.type === 'block' && device.data` tells the two apart.
 */
export type Device<Types extends DeviceTypes = KataDeviceTypes> = TypedValue<Types>;
