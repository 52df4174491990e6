export type { StandardSchemaV1 } from '@standard-schema/spec';
export { refuseEncoded } from './at-rest/document-marker.js';
export { giveBuffer, takeBuffer } from './buffer-pool.js';
export type { AtRestOptions, KeySource } from './config/at-rest-options.js';
export { checkConfig } from './config/check-config.js';
export { type DriverConfig, driverConfigSchema } from './config/driver-config.js';
export { type LoadedConfig, loadConfig } from './config/load-config.js';
export { openDriver, openResolved } from './config/open-driver.js';
export { type OpenDriverOptions, type ResolvedDriver, resolveDriver } from './config/resolve-driver.js';
export { redactUrl } from './config/secrets.js';
export { type CopyOptions, copyDocuments } from './copy/copy-documents.js';
export type { DocumentDone, DocumentLeft, DocumentOutcome } from './copy/document-outcome.js';
export type { DocumentSink, DocumentSource, Placement } from './copy/document-sink.js';
export { DriverSink, type DriverSinkOptions, type ExistingPolicy } from './copy/driver-sink.js';
export { type TransferOptions, transferDocuments } from './copy/transfer-documents.js';
export { type DirectoryConfig, directoryDriver } from './directory/directory-driver.js';
export { directoryHealth } from './directory/directory-health.js';
export { directoryOfUrl } from './directory/directory-of-url.js';
export { flushDirectory, makeDirectory } from './directory/flush-directory.js';
export { HeldFile } from './directory/held-file.js';
export { openDirectory } from './directory/open-directory.js';
export {
  DocumentDraft,
  type DocumentHeader,
  decodeDocument,
  decodeHeader,
  encodeHeader,
  maxHeaderBytes,
} from './document-envelope.js';
export type { DriverCapabilities } from './driver/capabilities.js';
export type { Change } from './driver/change.js';
export { createDriver } from './driver/create-driver.js';
export type { Document, Version } from './driver/document.js';
export { type ConditionalDocuments, type DocumentStorage, documentBackend } from './driver/document-backend.js';
export type { BackendCall, DriverBackend, LockRequest, LockService, WatchCall } from './driver/driver-backend.js';
export type { DriverModule } from './driver/driver-module.js';
export { checkExpectation } from './driver/expectation.js';
export type { Finding } from './driver/finding.js';
export type { Health } from './driver/health.js';
export { describeValue, invalidArgument } from './driver/invalid-argument.js';
export { itemsOf } from './driver/items-of.js';
export { checkKey, checkSegment, maxKeyBytes, maxSegmentBytes } from './driver/key.js';
export { listBatches } from './driver/list-batches.js';
export { PendingCalls } from './driver/pending-calls.js';
export type {
  BreakLockOptions,
  CallOptions,
  CheckOptions,
  ListOptions,
  PersistDriver,
  RemoveOptions,
  WatchOptions,
  WriteOptions,
} from './driver/persist-driver.js';
export { scratchDirectories } from './driver/scratch-directories.js';
export type { ScratchStorage } from './driver/scratch-storage.js';
export { VersionBlocks } from './driver/version-blocks.js';
export { turnIfHeld } from './event-loop.js';
export { type FileSystem, inspectFileSystem } from './file-system.js';
export { LeaseLocks } from './lock/lease-locks.js';
export type { LeaseStorage } from './lock/lease-storage.js';
export type { Lock, LockHolder, LockMode, LockOptions, LockStatus } from './lock/lock.js';
export { type MemoryDriverOptions, MemoryStorage, memoryDriver } from './memory-driver.js';
export {
  isPersistError,
  PersistError,
  type PersistErrorCode,
  type PersistErrorOptions,
  persistErrorCodes,
} from './persist-error.js';
export { isProcessGone, newAttemptId, processToken } from './process-identity.js';
export { type AgentState, agentState } from './state/agent-state.js';
export { type CgroupConfig, cgroupConfig } from './state/cgroup-config.js';
export {
  type ContainerState,
  containerState,
  type DeviceMap,
  deviceMap,
  type Mount,
  mount,
  type ProcessState,
  processState,
} from './state/container-state.js';
export { checkOnly, type DefaultStateSchema, defaultSchema } from './state/default-schema.js';
export {
  type BlockDrive,
  blockDrive,
  type DeviceState,
  deviceState,
  type VfioDev,
  type VhostUserDeviceAttrs,
  vfioDev,
  vhostUserDeviceAttrs,
} from './state/device-state.js';
/** Schemas of Go's types, for states that model structs of Go. */
export * as goTypes from './state/go-types.js';
export { type HypervisorConfig, hypervisorConfig } from './state/hypervisor-config.js';
export { type Bridge, type HypervisorState, hypervisorState } from './state/hypervisor-state.js';
export { type Integer64, int32, int64, uint8, uint16, uint32, uint64 } from './state/integers.js';
export { type LinuxResources, linuxResources } from './state/linux-resources.js';
export {
  ipNet,
  type NetworkAddress,
  type NetworkEndpoint,
  type NetworkInterface,
  type NetworkInterfacePair,
  type NetworkState,
  networkAddress,
  networkInterface,
  networkInterfacePair,
  networkState,
  tapInterface,
  tuntapInterface,
} from './state/network-state.js';
export { pciPath } from './state/pci-path.js';
export { type ContainerConfig, type NetworkConfig, type SandboxConfig, sandboxConfig } from './state/sandbox-config.js';
export { type SandboxState, sandboxState } from './state/sandbox-state.js';
export { stateFieldName } from './state/state-field-name.js';
export {
  assertTransition,
  isStateString,
  type StateString,
  stateStrings,
  stateTransitions,
} from './state/state-string.js';
export { checkSaveCondition } from './store/check-revision.js';
export type { Globals } from './store/globals.js';
export type { Migration, OlderState } from './store/migrations.js';
export { retryConflicts, unlessConflict } from './store/retry-conflicts.js';
export type { SandboxChange } from './store/sandbox-change.js';
export { SandboxStore } from './store/sandbox-store.js';
export type { DestroyOptions, Draft, SandboxInput, SaveOptions, Snapshot } from './store/snapshot.js';
export { decodeJson, encodeJson } from './store/state-json.js';
export { callersOwn, type StoreCall, storeCall, storeListing } from './store/store-call.js';
export type { MigratedEvent, StoreEvent } from './store/store-event.js';
export type { SandboxStoreOptions, StateSchema } from './store/store-options.js';
export { describeIssues } from './store/validate-state.js';
export { driverChannel, storeChannel, type TraceContext } from './tracing.js';
export { watchChanges } from './watch/watch-changes.js';
export type { ListedVersion, WatchFeed, WatchSource } from './watch/watch-source.js';
