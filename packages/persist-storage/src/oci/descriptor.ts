import { z } from 'zod';

/** `sha256:` and 64 hex digits: the one algorithm that is read. */
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits');

/** An OCI content descriptor: https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md. */
export const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
});
export type Descriptor = z.output<typeof descriptor>;

/** An OCI image index, or Docker's manifest list. */
export const imageIndex = z.object({ schemaVersion: z.literal(2), manifests: z.array(descriptor) });

/** An OCI image manifest, or Docker's of schema 2. */
export const imageManifest = z.object({
  schemaVersion: z.literal(2),
  config: descriptor,
  layers: z.array(descriptor),
});
export type ImageManifest = z.output<typeof imageManifest>;

/** What is needed of an OCI image configuration; all other fields are kept as they are. */
export const imageConfig = z.looseObject({
  os: z.string(),
  architecture: z.string(),
  rootfs: z.looseObject({ type: z.literal('layers'), diff_ids: z.array(digest) }),
});
export type ImageConfig = z.output<typeof imageConfig>;

export const indexMediaTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);
export const manifestMediaTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);
