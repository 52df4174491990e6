import { cgroupConfig, goTypes, hypervisorConfig, int64, uint32, uint64 } from '@sandkeep/persist-api';
import { z } from 'zod';
import { containerConfigurationItem } from './container-configuration.js';

const { map, pointer, slice, struct } = goTypes;

const params = slice(struct({ key: z.string(), value: z.string() }));

const hypervisorConfigItem = hypervisorConfig.extend(
  struct({
    kernelParams: params,
    hypervisorParams: params,
    pFlash: slice(z.string()),
    iommu: z.boolean(),
    iommuPlatform: z.boolean(),
    seLinuxProcessLabel: z.string(),
  }).shape,
);

const agentConfig = struct({
  longLiveConn: z.boolean(),
  useVSock: z.boolean(),
  debug: z.boolean(),
  trace: z.boolean(),
  containerPipeSize: uint32,
  traceMode: z.string(),
  traceType: z.string(),
  kernelModules: slice(z.string()),
});

const networkConfig = struct({
  netNSPath: z.string(),
  netNsCreated: z.boolean(),
  disableNewNetNs: z.boolean(),
  netmonConfig: struct({ path: z.string(), debug: z.boolean(), enable: z.boolean() }),
  interworkingModel: int64,
});

/** The item `configuration` of a sandbox: Kata's `virtcontainers.SandboxConfig`. */
export const sandboxConfigurationItem = struct({
  id: z.string(),
  hostname: z.string(),
  hypervisorType: z.string(),
  hypervisorConfig: hypervisorConfigItem,
  agentType: z.string(),
  agentConfig: pointer(agentConfig),
  proxyType: z.string(),
  proxyConfig: struct({ path: z.string(), debug: z.boolean() }),
  shimType: z.string(),
  shimConfig: pointer(struct({ path: z.string(), debug: z.boolean(), trace: z.boolean() })),
  networkConfig,
  volumes: slice(struct({ mountTag: z.string(), hostPath: z.string() })),
  containers: slice(containerConfigurationItem),
  annotations: map(z.string()),
  shmSize: uint64,
  sharePidNs: z.boolean(),
  stateful: z.boolean(),
  systemdCgroup: z.boolean(),
  sandboxCgroupOnly: z.boolean(),
  enableAgentPidNs: z.boolean(),
  disableGuestSeccomp: z.boolean(),
  experimental: slice(struct({ name: z.string(), description: z.string(), expRelease: z.string() })),
  cgroups: pointer(cgroupConfig),
});

/** What Kata keeps in the `config.json` of a sandbox. */
export type SandboxConfigurationItem = z.infer<typeof sandboxConfigurationItem>;
