import { z } from 'zod';

/** The configuration of the directory driver. */
export const fsConfigSchema = z.strictObject({
  /** The directory of the store. A relative path starts at the current directory. */
  root: z.string().min(1),
  /** Make the directory if it is missing. Without it, a missing root is `NOT_FOUND`. */
  create: z.boolean().optional(),
  /**
   * `full` (the default): a write that resolved survives a power loss; files and directories are
   * flushed, except on file systems in memory. `process`: it survives the death of the process, but
   * not that of the machine.
   */
  durability: z.enum(['full', 'process']).optional(),
});

export type FsConfig = z.infer<typeof fsConfigSchema>;
