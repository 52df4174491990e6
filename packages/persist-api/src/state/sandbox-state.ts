import { z } from 'zod';
import { agentState } from './agent-state.js';
import { deviceState } from './device-state.js';
import { map, slice, struct } from './go-types.js';
import { hypervisorState } from './hypervisor-state.js';
import { uint32 } from './integers.js';
import { networkState } from './network-state.js';
import { sandboxConfig } from './sandbox-config.js';
import { stateStrings } from './state-string.js';

/**
 * The state of a sandbox: all of Kata's persist API, under the names of {@link stateFieldName}. Only
 * `state` is required; fields that are not listed here are kept as they are, on every level.
 */
export const sandboxState = struct({
  guestMemoryBlockSizeMB: uint32,
  guestMemoryHotplugProbe: z.boolean(),
  /** The id of the container that the sandbox itself was made for: its infra container. */
  sandboxContainer: z.string(),
  cgroupPath: z.string(),
  cgroupPaths: map(z.string()),
  sandboxCgroupPath: z.string(),
  overheadCgroupPath: z.string(),
  devices: slice(deviceState),
  hypervisorState,
  agentState,
  network: networkState,
  config: sandboxConfig,
}).extend({ state: z.enum(stateStrings) });

export interface SandboxState extends z.infer<typeof sandboxState> {}
