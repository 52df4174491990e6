import { z } from 'zod';

/** The configuration of the directory driver. */
export const fsConfigSchema = z.strictObject({
  /** The directory of the store. */
  root: z.string().min(1),
  /** Make the directory if it is missing. Without it, a missing root is `NOT_FOUND`. @default false */
  create: z.boolean().optional(),
  /**
   * `full`: a write that resolved survives a power loss; files and directories are flushed, except on file
   * systems in memory. `process`: it survives the death of the process, but not that of the machine.
   * @default 'full'
   */
  durability: z.enum(['full', 'process']).optional(),
});

export type FsConfig = z.infer<typeof fsConfigSchema>;
