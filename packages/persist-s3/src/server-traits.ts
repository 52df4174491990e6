import { z } from 'zod';

/** What a server honours, as the probe found. */
export const serverTraitsSchema = z.object({
  /** Whether it compares the ETag of `If-Match` with its quotes, as the standard has it, or without them. */
  quotedEtags: z.boolean(),
  /** Whether it heeds `If-Match` on DELETE, and refuses it when the object is missing. */
  conditionalDelete: z.boolean(),
  /** Whether it refuses a presigned request that has expired. Only tried without `conditionalDelete`. */
  refusesExpired: z.boolean(),
  /** Whether it refuses a body that does not have the checksum that came with it. */
  checksums: z.enum(['checked', 'ignored', 'off']),
  /** Whether the bucket keeps the versions of objects. */
  versioned: z.boolean(),
});

export type ServerTraits = Readonly<z.infer<typeof serverTraitsSchema>>;

/** Amazon S3, for those who do without the probe. */
export const awsTraits: ServerTraits = {
  quotedEtags: true,
  conditionalDelete: true,
  refusesExpired: true,
  checksums: 'checked',
  versioned: false,
};
