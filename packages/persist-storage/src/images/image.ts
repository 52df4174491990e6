import type { Losses } from '../layers/losses.js';

/** An image that is there to be used. */
export interface Image {
  /** The digest of its configuration: 64 hex digits. */
  readonly id: string;
  /** Its names in full, such as `docker.io/library/busybox:latest`, in ascending order. */
  readonly names: readonly string[];
  readonly manifestDigest: string;
  /** The OCI image configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The ids of its layers, the lowest first. */
  readonly layers: readonly string[];
  readonly createdAt: Date;
  /** What its extraction could not keep of owners, devices, modes and extended attributes; all 0: everything was kept. */
  readonly losses: Losses;
}

/** How an image is imported. */
export interface ImportOptions {
  /** The image's name in the layout's index. Undefined: its only one. */
  readonly ref?: string | undefined;
  /** `os/architecture[/variant]`. @default Linux on this machine's processor */
  readonly platform?: string | undefined;
  /** The name that the image gets. @default its name in the index, if that is one */
  readonly name?: string | undefined;
  /** The most bytes that one layer may have uncompressed. @default 16 GiB */
  readonly maxLayerBytes?: number | undefined;
  /** Aborts the import: what it made is removed, and the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/** How far an import has come. */
export interface ImportProgress {
  /** Of the layer that is being read, from 1. */
  readonly layer: number;
  readonly layers: number;
  /** Bytes of all layers' blobs that were read, or did not have to be. */
  readonly bytes: number;
  readonly totalBytes: number;
}
