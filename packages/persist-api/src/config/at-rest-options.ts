import { z } from 'zod';
import type { EncryptionKey } from '../at-rest/key-ring.js';

const key = z.custom<EncryptionKey['key']>(
  (value) => typeof value === 'string' || value instanceof Uint8Array,
  'expected 32 bytes, or a string that holds them in base64 or hexadecimal',
);

const keySource = z.strictObject({
  /** The path of a file with a line `id:key` for each key. The first one writes, all read. */
  keyFile: z.string().min(1).optional(),
  /** The keys themselves. The first one writes, all read. */
  keys: z
    .array(
      z.strictObject({
        /** Names the key in every document that is encrypted with it: up to 32 of `[A-Za-z0-9_.-]`. */
        id: z.string(),
        /** 32 random bytes in base64 or hexadecimal. */
        key,
      }),
    )
    .min(1)
    .optional(),
});

/** The options that every driver has, in a configuration: they wrap it. */
export const atRestOptionsSchema = z.strictObject({
  /** Compress documents. @default false */
  compress: z.boolean().optional(),
  /**
   * Encrypt documents. `true`: with the keys in the environment variable `SANDKEEP_ENCRYPTION_KEYS`, `id:key` with
   * commas between them. A text: with those in the key file of that path. @default false
   */
  encrypt: z
    .union([z.boolean(), z.string().min(1), keySource], {
      error: 'expected true, the path of a key file, { "keyFile": … } or { "keys": [{ "id": …, "key": … }] }',
    })
    .optional(),
});

/** How the documents of a driver are stored, as a configuration says it. */
export type AtRestOptions = z.input<typeof atRestOptionsSchema>;
/** Where a configuration takes its keys from. */
export type KeySource = z.input<typeof keySource>;

/** The schema that tells best what is wrong with a value of `encrypt`. */
export function schemaFor(encrypt: unknown): z.ZodType<AtRestOptions> {
  if (typeof encrypt !== 'object' || encrypt === null) return atRestOptionsSchema;
  return atRestOptionsSchema.extend({ encrypt: keySource });
}
