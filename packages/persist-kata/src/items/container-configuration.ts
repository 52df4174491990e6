import { goTypes, linuxResources, mount } from '@sandkeep/persist-api';
import { z } from 'zod';
import { deviceInfo } from '../devices/device-info.js';
import { goNamings } from '../go-json/go-naming.js';
import { cmd, linuxCapabilities } from '../types/cmd.js';

const { map, pointer, slice, struct } = goTypes;

export const rootFs = struct({
  source: z.string(),
  target: z.string(),
  type: z.string(),
  options: slice(z.string()),
  mounted: z.boolean(),
});

/** Here they are named as in the OCI specification. */
const capabilities = linuxCapabilities.extend({});
goNamings.add(capabilities, { convention: 'same' });

/** The item `configuration` of a container: Kata's `virtcontainers.ContainerConfig`. */
export const containerConfigurationItem = struct({
  id: z.string(),
  rootFs,
  readonlyRootfs: z.boolean(),
  cmd: cmd.extend(struct({ capabilities: pointer(capabilities) }).shape),
  annotations: map(z.string()),
  mounts: slice(mount),
  deviceInfos: slice(deviceInfo),
  resources: linuxResources,
});

/** What Kata keeps in the `config.json` of a container. */
export type ContainerConfigurationItem = z.infer<typeof containerConfigurationItem>;
