import { PersistError } from '@sandkeep/persist-api';
import { z } from 'zod';
import { invalidArgument } from '../invalid-argument.js';

/** What a runtime notes down about a container, kept as one text beside it (libpod's RuntimeContainerMetadata). */
export interface RuntimeContainerMetadata {
  /** As it was given at the creation; '' if the image was given by its id alone. */
  imageName: string;
  imageId: string;
  /** The container's name. */
  name: string;
  /** Seconds since 1970. */
  createdAt: number;
  /** The SELinux label that the root file system is mounted with. */
  mountLabel?: string | undefined;
}

const stored = z.looseObject({
  'image-name': z.string(),
  'image-id': z.string(),
  name: z.string(),
  'created-at': z.number().int(),
  mountlabel: z
    .string()
    .regex(/^[^"\\\p{Cc}]*$/u, 'a SELinux label')
    .optional(),
});

/** The JSON text, with libpod's names: `image-name`, `image-id`, `name`, `created-at`, `mountlabel`. */
export function encodeMetadata(metadata: RuntimeContainerMetadata): string {
  const { imageName, imageId, name, createdAt, mountLabel } = metadata;
  const parsed = stored.safeParse({
    'image-name': imageName,
    'image-id': imageId,
    name,
    'created-at': createdAt,
    ...(mountLabel ? { mountlabel: mountLabel } : {}),
  });
  if (parsed.success) return JSON.stringify(parsed.data);
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0]);
  const value = {
    ...metadata,
    'image-name': imageName,
    'image-id': imageId,
    'created-at': createdAt,
    mountlabel: mountLabel,
  };
  throw invalidArgument(`metadata ${field}`, value[field as keyof typeof value], issue?.message ?? 'metadata');
}

/** @throws `CORRUPT` naming the container */
export function decodeMetadata(containerId: string, text: string): RuntimeContainerMetadata {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = stored.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PersistError(
      'CORRUPT',
      `the metadata of the container ${containerId}: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }
  const { 'image-name': imageName, 'image-id': imageId, name, 'created-at': createdAt, mountlabel } = parsed.data;
  return { imageName, imageId, name, createdAt, ...(mountlabel === undefined ? {} : { mountLabel: mountlabel }) };
}
