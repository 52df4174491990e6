export { type DriverConfig, driverConfigSchema } from './config/driver-config.js';
export { type LoadedConfig, loadConfig } from './config/load-config.js';
export { type OpenDriverOptions, openDriver } from './config/open-driver.js';
export { redactUrl } from './config/secrets.js';
export {
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
export type { BackendCall, DriverBackend, LockRequest, LockService } from './driver/driver-backend.js';
export type { DriverModule } from './driver/driver-module.js';
export { checkExpectation } from './driver/expectation.js';
export type { Health } from './driver/health.js';
export { checkKey, checkSegment, maxKeyBytes, maxSegmentBytes } from './driver/key.js';
export type {
  BreakLockOptions,
  CallOptions,
  ListOptions,
  PersistDriver,
  RemoveOptions,
  WriteOptions,
} from './driver/persist-driver.js';
export { LeaseLocks, type LeaseStorage } from './lock/lease-locks.js';
export type { Lock, LockHolder, LockMode, LockOptions, LockStatus } from './lock/lock.js';
export { type MemoryDriverOptions, MemoryStorage, memoryDriver } from './memory-driver.js';
export {
  isPersistError,
  PersistError,
  type PersistErrorCode,
  type PersistErrorOptions,
  persistErrorCodes,
} from './persist-error.js';
export { driverChannel, storeChannel, type TraceContext } from './tracing.js';
