export { assertTransition, isStateString, type StateString, stateStrings } from '@sandkeep/persist-api';
export { type DeviceInfo, deviceInfo } from './devices/device-info.js';
export { type Device, type DeviceTypes, type KataDeviceTypes, kataDeviceTypes } from './devices/device-types.js';
export {
  type BlockDevice,
  blockDevice,
  type GenericDevice,
  genericDevice,
  type VfioDevice,
  type VhostUserBlkDevice,
  type VhostUserDevice,
  vfioDevice,
  vhostUserBlkDevice,
  vhostUserDevice,
} from './devices/kata-devices.js';
export { GoJsonCodec } from './go-json/go-json-codec.js';
export { type GoConvention, type GoNaming, goNamings } from './go-json/go-naming.js';
export type { TypedValue, UnknownValue } from './go-json/typed-value.js';
export type { ContainerItemStore } from './item-store/container-item-store.js';
export type { ItemDocuments, UpdateOptions } from './item-store/item-documents.js';
export type { ItemDrivers } from './item-store/item-drivers.js';
export type { ItemEntry } from './item-store/item-entry.js';
export type { ItemLockOptions, ItemScope } from './item-store/item-scope.js';
export { ItemStore, type ItemStoreOptions } from './item-store/item-store.js';
export { type ItemStoreConfig, openItemStore } from './item-store/open-item-store.js';
export type { RawItem } from './item-store/raw-item.js';
export type { SandboxItemStore } from './item-store/sandbox-item-store.js';
export { exportItemTree, importItemTree, type TransferredItem } from './item-tree/transfer-items.js';
export type { ContainerConfigurationItem } from './items/container-configuration.js';
export type { HypervisorItem } from './items/hypervisor.js';
export { type ContainerItems, itemSchemas, type SandboxItems } from './items/item-schemas.js';
export { type DataItem, type ItemRoot, type KataItem, kataItems } from './items/kata-item.js';
export type { Endpoint, NetworkItem } from './items/network.js';
export type { SandboxConfigurationItem } from './items/sandbox-configuration.js';
export { KataPaths, type RootlessUser, rootlessDirectory } from './paths/kata-paths.js';
export { exportKataTree } from './transfer/export-kata-tree.js';
export { importKataTree } from './transfer/import-kata-tree.js';
export type { TransferOptions, Transferred } from './transfer/transfer.js';
export type { KataSandbox, KataSandboxInput, UnreadableKataSandbox } from './tree/kata-sandbox.js';
export {
  type KataContainerState,
  type KataSandboxState,
  kataContainerCodec,
  kataSandboxCodec,
  kataSchema,
} from './tree/kata-state.js';
export { listKataTree, readKataSandbox, readKataTree } from './tree/read-kata-tree.js';
export { type WriteKataOptions, writeKataSandbox, writeKataTree } from './tree/write-kata-tree.js';
export {
  type Cmd,
  cmd,
  cmdCodec,
  type EnvVar,
  envVar,
  envVarCodec,
  type LinuxCapabilities,
  linuxCapabilities,
  linuxCapabilitiesCodec,
} from './types/cmd.js';
export { type Resources, resources, resourcesCodec } from './types/resources.js';
export { formatSockets, parseSockets, type Socket, socketCodec } from './types/socket.js';
export {
  type ContainerStateItem,
  containerStateItem,
  containerStateItemCodec,
  type SandboxStateItem,
  sandboxStateItem,
  sandboxStateItemCodec,
} from './types/state-item.js';
export { formatVolumes, parseVolumes, type Volume, volumeCodec } from './types/volume.js';
