export { assertTransition, isStateString, type StateString, stateStrings } from '@sandkeep/persist-api';
export { GoJsonCodec } from './go-json/go-json-codec.js';
export { type GoConvention, type GoNaming, goNamings } from './go-json/go-naming.js';
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
