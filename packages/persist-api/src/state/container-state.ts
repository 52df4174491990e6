import { z } from 'zod';
import { slice, struct } from './go-types.js';
import { int64, uint32 } from './integers.js';
import { stateStrings } from './state-string.js';

export const rootfsState = struct({ blockDeviceID: z.string(), fsType: z.string() });

/** A device of the sandbox as the container sees it. */
export const deviceMap = struct({
  id: z.string(),
  containerPath: z.string(),
  fileMode: uint32,
  uid: uint32,
  gid: uint32,
  shared: z.boolean(),
});

/** A mount of a container. */
export const mount = struct({
  source: z.string(),
  destination: z.string(),
  type: z.string(),
  options: slice(z.string()),
  hostPath: z.string(),
  readOnly: z.boolean(),
  blockDeviceID: z.string(),
});

/** A container's process. `startTime` is RFC 3339, with up to nanoseconds and any zone. */
export const processState = struct({
  token: z.string(),
  pid: int64,
  startTime: z.iso.datetime({ offset: true }),
});

/**
 * The state of a container: all of Kata's persist API, under the names of {@link stateFieldName}.
 * Only `state` is required; fields that are not listed here are kept as they are, on every level.
 */
export const containerState = struct({
  rootfs: rootfsState,
  cgroupPath: z.string(),
  deviceMaps: slice(deviceMap),
  mounts: slice(mount),
  process: processState,
  bundlePath: z.string(),
}).extend({ state: z.enum(stateStrings) });

export type DeviceMap = z.infer<typeof deviceMap>;
export type Mount = z.infer<typeof mount>;
export type ProcessState = z.infer<typeof processState>;
export interface ContainerState extends z.infer<typeof containerState> {}
