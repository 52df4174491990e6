import { z } from 'zod';

/**
 * Where a device is plugged in: the slots from the root bus on, as in `"02/03"`. Kata's own encoder
 * leaves an empty object of it, which is therefore valid too.
 */
export const pciPath = z.union([z.string(), z.looseObject({})], 'expected a string such as "02/03", or {}');
