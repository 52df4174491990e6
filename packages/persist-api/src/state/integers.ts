import { z } from 'zod';

/** A 64-bit integer: a `number` where that is exact (up to 2^53 - 1 either way), else a `bigint`. */
export type Integer64 = number | bigint;

/** 0 to 2^8 - 1. */
export const uint8 = integer(0, 2 ** 8 - 1);
/** 0 to 2^16 - 1. */
export const uint16 = integer(0, 2 ** 16 - 1);
/** 0 to 2^32 - 1. */
export const uint32 = integer(0, 2 ** 32 - 1);
/** -2^31 to 2^31 - 1. */
export const int32 = integer(-(2 ** 31), 2 ** 31 - 1);
/** 0 to 2^64 - 1. */
export const uint64 = integer64(0n, 2n ** 64n - 1n);
/** -2^63 to 2^63 - 1. */
export const int64 = integer64(-(2n ** 63n), 2n ** 63n - 1n);

function integer(min: number, max: number) {
  const isInRange = (value: unknown) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return z.custom<number>(isInRange, `expected an integer from ${min} to ${max}`);
}

function integer64(min: bigint, max: bigint) {
  const isInRange = (value: unknown) =>
    typeof value === 'number'
      ? Number.isSafeInteger(value) && value >= min
      : typeof value === 'bigint' && value >= min && value <= max;
  return z.custom<Integer64>(isInRange, `expected an integer from ${min} to ${max}, a bigint beyond 2^53 - 1`);
}
