import { z } from 'zod';

export const lmdbConfigSchema = z.strictObject({
  /** The directory that holds the environment, on a local file system. */
  root: z.string().regex(/^[^\0]+$/, 'expected a path'),
  /** Make the directory if it is missing; otherwise that is `NOT_FOUND`. */
  create: z.boolean().default(false),
});

/** What {@link openLmdbDriver} takes. */
export type LmdbConfig = z.input<typeof lmdbConfigSchema>;
