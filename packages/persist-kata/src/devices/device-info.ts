import { goTypes, int64, uint32 } from '@sandkeep/persist-api';
import { z } from 'zod';

/** A device of the host, as it was asked for: Kata's `config.DeviceInfo`. `fileMode` is Go's, permissions and kind. */
export const deviceInfo = goTypes.struct({
  hostPath: z.string(),
  /** `b`, `c`, `u` or `p`, as for mknod. */
  devType: z.string(),
  major: int64,
  minor: int64,
  pmem: z.boolean(),
  readOnly: z.boolean(),
  coldPlug: z.boolean(),
  fileMode: uint32,
  uid: uint32,
  gid: uint32,
  id: z.string(),
  driverOptions: goTypes.map(z.string()),
});

export type DeviceInfo = z.infer<typeof deviceInfo>;
