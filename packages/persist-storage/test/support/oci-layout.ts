import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** One entry of a layer. */
export type Entry = Partial<Header> & { name: string; content?: string | Buffer; pax?: Record<string, string> };

export interface LayerSpec {
  entries: readonly Entry[];
  compression?: 'gzip' | 'zstd' | 'none';
}

export interface ImageSpec {
  ref?: string;
  layers: readonly LayerSpec[];
  config?: Record<string, unknown>;
  platform?: { os: string; architecture: string; variant?: string };
}

interface Blob {
  digest: string;
  size: number;
}

/** An OCI image layout, written blob by blob. */
export class OciLayout {
  readonly #manifests: object[] = [];

  constructor(readonly directory: string) {
    mkdirSync(join(directory, 'blobs', 'sha256'), { recursive: true });
    writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  }

  /** @returns the image's id */
  async add(image: ImageSpec): Promise<string> {
    const { manifest, id } = await this.manifest(image);
    this.index({ ...manifest, ...named(image.ref) });
    return id;
  }

  async manifest(image: ImageSpec): Promise<{ manifest: object; id: string }> {
    const layers: object[] = [];
    const diffIds: string[] = [];
    for (const { entries, compression = 'gzip' } of image.layers) {
      const archive = await tarOf(entries);
      diffIds.push(digestOf(archive));
      const suffix = compression === 'none' ? '' : `+${compression}`;
      layers.push({
        mediaType: `application/vnd.oci.image.layer.v1.tar${suffix}`,
        ...this.blob(compress(archive, compression)),
      });
    }
    const platform = image.platform ?? { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
    const config = this.json({
      ...platform,
      config: {},
      ...image.config,
      rootfs: { type: 'layers', diff_ids: diffIds },
    });
    const manifest = this.json({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers,
    });
    return {
      id: config.digest.slice('sha256:'.length),
      manifest: { mediaType: 'application/vnd.oci.image.manifest.v1+json', ...manifest },
    };
  }

  /** Adds a descriptor to index.json. */
  index(descriptor: object): void {
    this.#manifests.push(descriptor);
    writeFileSync(join(this.directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: this.#manifests }));
  }

  json(value: object): Blob {
    return this.blob(Buffer.from(JSON.stringify(value)));
  }

  blob(bytes: Buffer): Blob {
    const digest = digestOf(bytes);
    writeFileSync(this.path(digest), bytes);
    return { digest, size: bytes.length };
  }

  path(digest: string): string {
    return join(this.directory, 'blobs', ...digest.split(':'));
  }
}

export function named(ref: string | undefined): object {
  return ref === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': ref } };
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of entries) {
    const full = { mtime: new Date(1_700_000_000_000), ...header };
    if (content === undefined && full.type !== undefined) archive.entry(full);
    else archive.entry(full, content ?? '');
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function compress(archive: Buffer, compression: 'gzip' | 'zstd' | 'none'): Buffer {
  if (compression === 'gzip') return gzipSync(archive);
  return compression === 'none' ? archive : zstdFrame(archive);
}

/** A zstd frame of blocks that are stored as they are (RFC 8878, 3.1.1), after a skippable frame. */
function zstdFrame(bytes: Buffer): Buffer {
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7]);
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 5);
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 100_000) {
    const block = bytes.subarray(at, at + 100_000);
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE((block.length << 3) | (at + block.length === bytes.length ? 1 : 0), 0, 3);
    blocks.push(blockHeader, block);
  }
  return Buffer.concat([skippable, header, ...blocks]);
}
