import type { LockOptions } from '../lock/lock.js';
import { PersistError } from '../persist-error.js';
import type { LockRequest, WatchCall } from './driver-backend.js';
import { invalidArgument } from './invalid-argument.js';
import type { WatchOptions } from './persist-driver.js';

/** @throws `INVALID_ARGUMENT` unless `value` is undefined or a non-empty string */
export function checkExpect(value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === '')) {
    throw invalidArgument('expect', value, "a version (a non-empty string), 'absent', or undefined");
  }
}

/** @throws `INVALID_ARGUMENT` unless `value` is a Uint8Array; `TOO_LARGE` beyond `maxBytes` */
export function checkData(value: unknown, maxBytes: number): void {
  if (!(value instanceof Uint8Array)) throw invalidArgument('data', value, 'a Uint8Array');
  if (value.byteLength > maxBytes) {
    throw new PersistError(
      'TOO_LARGE',
      `the document has ${value.byteLength} bytes: this driver takes at most ${maxBytes}`,
    );
  }
}

/** @throws `INVALID_ARGUMENT` unless `value` is an object */
export function checkOptions(value: unknown): void {
  if (typeof value !== 'object' || value === null) throw invalidArgument('options', value, 'an object, or undefined');
}

/** @throws `INVALID_ARGUMENT` unless `value` is undefined or an AbortSignal */
export function checkSignal(value: unknown): asserts value is AbortSignal | undefined {
  if (value !== undefined && !(value instanceof AbortSignal)) throw invalidArgument('signal', value, 'an AbortSignal');
}

/** @throws `INVALID_ARGUMENT` unless `value` is undefined or a non-empty string */
export function checkHolder(value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === '')) {
    throw invalidArgument('holder', value, 'the id of a holder (a non-empty string), or undefined');
  }
}

/** @throws `INVALID_ARGUMENT` unless `value` is undefined or a boolean */
export function checkRepair(value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw invalidArgument('repair', value, 'a boolean');
}

/** Checks and completes the options of a watch. @throws `INVALID_ARGUMENT` */
export function checkWatchOptions({ initial = false, onReady = () => {} }: WatchOptions): Omit<WatchCall, 'signal'> {
  if (typeof initial !== 'boolean') throw invalidArgument('initial', initial, 'true or false');
  if (typeof onReady !== 'function') throw invalidArgument('onReady', onReady, 'a function');
  return { initial, onReady };
}

/** Checks and completes the options of a lock. @throws `INVALID_ARGUMENT` */
export function checkLockOptions(options: LockOptions): Omit<LockRequest, 'signal' | 'driver'> {
  const { mode = 'exclusive', waitMs = 10_000, ttlMs = 5_000, info = '' } = options;
  if (mode !== 'exclusive' && mode !== 'shared') throw invalidArgument('mode', mode, "'exclusive' or 'shared'");
  if (typeof waitMs !== 'number' || !(waitMs >= 0)) throw invalidArgument('waitMs', waitMs, 'milliseconds, 0 or more');
  if (typeof ttlMs !== 'number' || !(ttlMs >= 100 && ttlMs <= 3_600_000)) {
    throw invalidArgument('ttlMs', ttlMs, 'milliseconds from 100 to 3600000');
  }
  if (typeof info !== 'string' || info.length > 1024)
    throw invalidArgument('info', info, 'a string of at most 1024 characters');
  return { mode, waitMs, ttlMs, info };
}
