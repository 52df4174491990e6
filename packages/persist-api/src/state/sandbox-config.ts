import { z } from 'zod';
import { cgroupConfig } from './cgroup-config.js';
import { map, pointer, slice, struct } from './go-types.js';
import { hypervisorConfig } from './hypervisor-config.js';
import { int64, uint64 } from './integers.js';
import { linuxResources } from './linux-resources.js';

const helperProcessConfig = struct({ path: z.string(), debug: z.boolean() });

/** What a container was created from. */
export const containerConfig = struct({
  id: z.string(),
  annotations: map(z.string()),
  rootFs: z.string(),
  resources: linuxResources,
});

export const networkConfig = struct({
  netNSPath: z.string(),
  netNsCreated: z.boolean(),
  disableNewNetNs: z.boolean(),
  networkID: z.string(),
  networkCreated: z.boolean(),
  disableNewNetwork: z.boolean(),
  interworkingModel: int64,
});

/** What the sandbox was created from. */
export const sandboxConfig = struct({
  hypervisorType: z.string(),
  hypervisorConfig,
  agentType: z.string(),
  kataAgentConfig: pointer(struct({ longLiveConn: z.boolean(), useVSock: z.boolean() })),
  proxyType: z.string(),
  proxyConfig: helperProcessConfig,
  shimType: z.string(),
  kataShimConfig: pointer(helperProcessConfig),
  networkConfig,
  shmSize: uint64,
  sharePidNs: z.boolean(),
  stateful: z.boolean(),
  systemdCgroup: z.boolean(),
  sandboxCgroupOnly: z.boolean(),
  enableAgentPidNs: z.boolean(),
  disableGuestSeccomp: z.boolean(),
  enableVCPUsPinning: z.boolean(),
  guestSeLinuxLabel: z.string(),
  sandboxBindMounts: slice(z.string()),
  experimental: slice(z.string()),
  containerConfigs: slice(containerConfig),
  cgroups: pointer(cgroupConfig),
});

/** The configuration of one container in {@link SandboxConfig}. */
export type ContainerConfig = z.infer<typeof containerConfig>;
/** The configuration of the network in {@link SandboxConfig}. */
export type NetworkConfig = z.infer<typeof networkConfig>;
export type SandboxConfig = z.infer<typeof sandboxConfig>;
