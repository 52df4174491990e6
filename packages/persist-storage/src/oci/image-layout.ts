import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PersistError } from '@sandkeep/persist-api';
import { z } from 'zod';
import { invalidArgument } from '../invalid-argument.js';
import {
  type Descriptor,
  type ImageConfig,
  type ImageManifest,
  imageConfig,
  imageIndex,
  imageManifest,
  indexMediaTypes,
  manifestMediaTypes,
} from './descriptor.js';
import { matchesPlatform, type Platform } from './platform.js';
import { parseJson, readJsonBlob } from './verified-blob.js';

/** Where an index tells the name of an image. */
const refName = 'org.opencontainers.image.ref.name';
/** Indexes nest; deeper than this they are refused. */
const maxDepth = 8;

const layoutFile = z.looseObject({ imageLayoutVersion: z.literal('1.0.0') });

/** One image of a layout, all of it verified except the layers' bytes. */
export interface LayoutImage {
  /** The name that the index gives it, as it stands there. */
  readonly ref: string | undefined;
  /** 64 hex digits: the digest of the configuration. */
  readonly id: string;
  readonly manifest: ImageManifest;
  readonly manifestDigest: string;
  readonly config: ImageConfig;
  /** The configuration's own bytes. */
  readonly configText: string;
}

/**
 * Finds an image in an OCI image layout
 * (https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md).
 * @param directory the layout's directory
 * @param ref the image's `org.opencontainers.image.ref.name`; undefined: the layout's only image
 * @param platform which one of an image for several platforms
 * @throws `NOT_FOUND` if there is no layout, no such ref, or nothing for the platform
 * @throws `INVALID_ARGUMENT` if `ref` is needed, naming those that there are
 * @throws `CORRUPT` naming the blob
 */
export async function findLayoutImage(
  directory: string,
  ref: string | undefined,
  platform: Platform,
): Promise<LayoutImage> {
  const layout = await readLayoutFile(directory, 'oci-layout');
  parseJson(layout, 'oci-layout', layoutFile);
  const index = parseJson(await readLayoutFile(directory, 'index.json'), 'index.json', imageIndex);
  const candidates = ref === undefined ? index.manifests : index.manifests.filter((found) => nameOf(found) === ref);
  if (candidates.length === 0) throw notThere(directory, ref, index.manifests);
  const names = new Set(candidates.map(nameOf));
  if (ref === undefined && names.size > 1) {
    throw invalidArgument(
      'ref',
      ref,
      `one of ${[...names].map((name) => name ?? '(an image without a name)').join(', ')}`,
    );
  }
  const found = await findManifest(directory, candidates, platform, 0);
  if (found === undefined) {
    throw new PersistError('NOT_FOUND', `the image ${ref ?? ''} in ${directory} has nothing for ${describe(platform)}`);
  }
  const { value: manifest } = await readJsonBlob(directory, found, imageManifest);
  const { value: config, text: configText } = await readJsonBlob(directory, manifest.config, imageConfig);
  if (config.rootfs.diff_ids.length !== manifest.layers.length) {
    const counts = `${manifest.layers.length} layers, its configuration ${config.rootfs.diff_ids.length} diff ids`;
    throw new PersistError('CORRUPT', `the manifest ${found.digest} has ${counts}`);
  }
  return {
    ref: ref ?? [...names][0],
    id: manifest.config.digest.slice('sha256:'.length),
    manifest,
    manifestDigest: found.digest,
    config,
    configText,
  };
}

async function findManifest(
  directory: string,
  candidates: readonly Descriptor[],
  platform: Platform,
  depth: number,
): Promise<Descriptor | undefined> {
  if (depth > maxDepth) throw new PersistError('CORRUPT', `index.json nests more than ${maxDepth} indexes`);
  for (const candidate of candidates) {
    if (candidate.platform !== undefined && !matchesPlatform(candidate.platform, platform)) continue;
    if (manifestMediaTypes.has(candidate.mediaType)) {
      if (candidate.platform !== undefined || (await isFor(directory, candidate, platform))) return candidate;
    } else if (indexMediaTypes.has(candidate.mediaType)) {
      const { value } = await readJsonBlob(directory, candidate, imageIndex);
      const found = await findManifest(directory, value.manifests, platform, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Without a platform in its descriptor, a manifest's configuration tells it. */
async function isFor(directory: string, manifest: Descriptor, platform: Platform): Promise<boolean> {
  const { value } = await readJsonBlob(directory, manifest, imageManifest);
  const { value: config } = await readJsonBlob(directory, value.config, imageConfig);
  const variant = typeof config.variant === 'string' ? config.variant : undefined;
  return matchesPlatform({ os: config.os, architecture: config.architecture, variant }, platform);
}

async function readLayoutFile(directory: string, name: string): Promise<string> {
  return readFile(join(directory, name), 'utf8').catch((cause) => {
    const code = cause.code === 'ENOENT' || cause.code === 'ENOTDIR' ? 'NOT_FOUND' : 'UNAVAILABLE';
    throw new PersistError(code, `${directory} is not an OCI image layout: ${cause.message}`, { cause });
  });
}

function nameOf(found: Descriptor): string | undefined {
  return found.annotations?.[refName];
}

function notThere(directory: string, ref: string | undefined, manifests: readonly Descriptor[]): PersistError {
  const names = manifests.map(nameOf).filter((name) => name !== undefined);
  const there = names.length === 0 ? 'it names none' : `it has ${names.join(', ')}`;
  const what = ref === undefined ? 'an image' : `the image ${JSON.stringify(ref)}`;
  return new PersistError('NOT_FOUND', `there is not ${what} in ${directory}: ${there}`);
}

function describe({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== undefined).join('/');
}
