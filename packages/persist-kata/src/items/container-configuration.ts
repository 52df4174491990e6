import { goTypes, linuxResources, mount } from '@sandkeep/persist-api';
import { z } from 'zod';
import { deviceInfo } from '../devices/device-info.js';
import { cmd } from '../types/cmd.js';

const { map, slice, struct } = goTypes;

export const rootFs = struct({
  source: z.string(),
  target: z.string(),
  type: z.string(),
  options: slice(z.string()),
  mounted: z.boolean(),
});

/** The item `configuration` of a container: Kata's `virtcontainers.ContainerConfig`. */
export const containerConfigurationItem = struct({
  id: z.string(),
  rootFs,
  readonlyRootfs: z.boolean(),
  cmd,
  annotations: map(z.string()),
  mounts: slice(mount),
  deviceInfos: slice(deviceInfo),
  resources: linuxResources,
});

export type ContainerConfigurationItem = z.infer<typeof containerConfigurationItem>;
