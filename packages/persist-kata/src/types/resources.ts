import { goTypes, uint8, uint64 } from '@sandkeep/persist-api';
import type { z } from 'zod';
import { GoJsonCodec } from '../go-json/go-json-codec.js';

/** The resources of a virtual machine: `memory` in MiB (uint64), `memorySlots` from 0 to 255. */
export const resources = goTypes.struct({ memory: uint64, memorySlots: uint8 });

export type Resources = z.infer<typeof resources>;

/** Kata's `types.Resources` in JSON. */
export const resourcesCodec = new GoJsonCodec<Resources>(resources);
