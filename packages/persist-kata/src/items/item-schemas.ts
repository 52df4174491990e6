import {
  type AgentState,
  agentState,
  type DeviceMap,
  deviceMap,
  goTypes,
  type Mount,
  mount,
  type ProcessState,
  processState,
} from '@sandkeep/persist-api';
import { z } from 'zod';
import { type Device, type DeviceTypes, type KataDeviceTypes, kataDeviceTypes } from '../devices/device-types.js';
import { typedValue } from '../go-json/typed-value.js';
import {
  type ContainerStateItem,
  containerStateItem,
  type SandboxStateItem,
  sandboxStateItem,
} from '../types/state-item.js';
import { type ContainerConfigurationItem, containerConfigurationItem } from './container-configuration.js';
import { type HypervisorItem, hypervisorItem } from './hypervisor.js';
import type { DataItem } from './kata-item.js';
import { type NetworkItem, networkItem } from './network.js';
import { type SandboxConfigurationItem, sandboxConfigurationItem } from './sandbox-configuration.js';

const { map, slice } = goTypes;

interface CommonItems<Types extends DeviceTypes> {
  network: NetworkItem;
  hypervisor: HypervisorItem;
  agent: AgentState;
  process: ProcessState;
  mounts: Mount[] | null;
  devices: Device<Types>[] | null;
  /** Which devices of the sandbox a container uses. */
  'device-ids': DeviceMap[] | null;
  /** One for all sandboxes and containers. */
  uuid: Record<string, unknown> | null;
}

/** The items of a sandbox: what each of them holds. */
export interface SandboxItems<Types extends DeviceTypes = KataDeviceTypes> extends CommonItems<Types> {
  configuration: SandboxConfigurationItem;
  state: SandboxStateItem;
}

/** The items of a container: what each of them holds. */
export interface ContainerItems<Types extends DeviceTypes = KataDeviceTypes> extends CommonItems<Types> {
  configuration: ContainerConfigurationItem;
  state: ContainerStateItem;
}

export type ItemSchemas = Readonly<Record<DataItem, z.ZodType>>;

const commonSchemas = {
  network: networkItem,
  hypervisor: hypervisorItem,
  agent: agentState,
  process: processState,
  mounts: slice(mount),
  'device-ids': slice(deviceMap),
  uuid: map(z.unknown()),
};

/** The schemas of the items of sandboxes and of containers, with these types of devices besides Kata's own. */
export function itemSchemas(ownTypes: DeviceTypes = {}): Record<'sandbox' | 'container', ItemSchemas> {
  const common = { ...commonSchemas, devices: slice(typedValue({ ...kataDeviceTypes, ...ownTypes })) };
  return {
    sandbox: { ...common, configuration: sandboxConfigurationItem, state: sandboxStateItem },
    container: { ...common, configuration: containerConfigurationItem, state: containerStateItem },
  };
}
