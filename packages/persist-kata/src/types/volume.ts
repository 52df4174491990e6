import { goTypes } from '@sandkeep/persist-api';
import { z } from 'zod';
import { GoJsonCodec } from '../go-json/go-json-codec.js';
import { Tokens } from './tokens.js';

/** A directory of the host that is shared with the guest. */
export interface Volume {
  readonly mountTag: string;
  readonly hostPath: string;
}

/** Kata's `types.Volume` in JSON. */
export const volumeCodec = new GoJsonCodec(goTypes.struct({ mountTag: z.string(), hostPath: z.string() }));

const tokens = new Tokens('volumes', ['mountTag', 'hostPath']);

/**
 * Reads `tag:path tag:path`, as Kata's `Volumes.Set` does, but all of it or nothing.
 * @throws `INVALID_ARGUMENT` naming the token that is not two parts, neither empty
 */
export function parseVolumes(text: string): Volume[] {
  return tokens.parse(text);
}

/** The inverse of {@link parseVolumes}. @throws `INVALID_ARGUMENT` for what could not be read back */
export function formatVolumes(volumes: readonly Volume[]): string {
  return tokens.format(volumes);
}
