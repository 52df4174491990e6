export { assertTransition, isStateString, type StateString, stateStrings } from '@sandkeep/persist-api';
export { GoJsonCodec } from './go-json/go-json-codec.js';
export { type GoConvention, type GoNaming, goNamings } from './go-json/go-naming.js';
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
