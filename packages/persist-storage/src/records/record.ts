import { z } from 'zod';

/**
 * A record is written `incomplete` before anything is done for it, `complete` when all of it is there, and
 * `deleting` before the first step of its end: so what a crash left can be told, and be taken down.
 */
export const phase = z.enum(['incomplete', 'complete', 'deleting']);

const common = {
  format: z.literal(1),
  id: z.string(),
  phase,
  /** Seconds since 1970. */
  createdAt: z.number(),
};

const losses = z.object({ owners: z.number(), devices: z.number(), modes: z.number(), attributes: z.number() });

/** A layer: of an image (shared), or a container's own. */
export const layerRecord = z.object({
  ...common,
  /** The layer below; null for the lowest. */
  parent: z.string().nullable(),
  /** The digest of the archive that it came from; null for a container's own. */
  diffId: z.string().nullable(),
  /** A container's own layer is called `<container's name>-layer`. */
  name: z.string().nullable(),
  /** The directory's name in the layer driver's root: another one with each attempt. */
  directory: z.string(),
  /** The bytes of its archive, uncompressed. */
  bytes: z.number(),
  losses,
  /** Counts those who began to use it: a removal that looked before fails. */
  uses: z.number(),
});
export type LayerRecord = z.output<typeof layerRecord>;

export const imageRecord = z.object({
  ...common,
  manifestDigest: z.string(),
  /** The OCI image configuration, as it was. */
  config: z.string(),
  /** The ids of its layers, the lowest first. */
  layers: z.array(z.string()),
  /** Those of all its layers. */
  losses,
  /** As for a layer. */
  uses: z.number(),
});
export type ImageRecord = z.output<typeof imageRecord>;

export const containerRecord = z.object({
  ...common,
  name: z.string(),
  imageId: z.string(),
  layerId: z.string(),
  /** A JSON text; see RuntimeContainerMetadata. */
  metadata: z.string(),
});
export type ContainerRecord = z.output<typeof containerRecord>;

/** Which record a name stands for. Names are unique for each kind of record, because their keys are. */
export const nameRecord = z.object({ format: z.literal(1), name: z.string(), id: z.string() });

/** How often a container's root file system is mounted. It means nothing after a reboot. */
export const mountRecord = z.object({ format: z.literal(1), count: z.number(), bootId: z.string() });
export type MountRecord = z.output<typeof mountRecord>;

/** The storage root that the records belong to. */
export const rootRecord = z.object({ format: z.literal(1), id: z.string(), host: z.string(), graphRoot: z.string() });
