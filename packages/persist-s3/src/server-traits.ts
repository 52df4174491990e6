/** What a server honours, as the probe found. */
export interface ServerTraits {
  /** Whether it compares the ETag of `If-Match` with its quotes, as the standard has it, or without them. */
  readonly quotedEtags: boolean;
  /** Whether it heeds `If-Match` on DELETE, and refuses it when the object is missing. */
  readonly conditionalDelete: boolean;
  /** Whether it refuses a body that does not have the checksum that came with it. */
  readonly checksums: boolean;
  /** Whether it keeps the versions of objects. */
  readonly versioned: boolean;
}

/** Amazon S3. */
export const awsTraits: ServerTraits = {
  quotedEtags: true,
  conditionalDelete: true,
  checksums: true,
  versioned: false,
};
