import { goTypes, int64, stateStrings, uint32 } from '@sandkeep/persist-api';
import { z } from 'zod';
import { GoJsonCodec } from '../go-json/go-json-codec.js';
import { goNamings } from '../go-json/go-naming.js';

const { integerMap, map, struct } = goTypes;

/** One of the state strings, or the empty one of a state that was never saved. */
const state = z.enum([...stateStrings, '']);

/**
 * The state of a sandbox as Kata's `types.SandboxState` has it: the item `state` of a sandbox in the item
 * store. Older versions have `blockIndex`, later ones `blockIndexMap` and `cgroupPaths`; what was read in one
 * form is written in it.
 */
export const sandboxStateItem = struct({
  state,
  /** The number of block devices so far, which is the next index. */
  blockIndex: int64,
  /** The block indexes in use, as keys. */
  blockIndexMap: integerMap(z.looseObject({})),
  /** In MB. */
  guestMemoryBlockSize: uint32,
  guestMemoryHotplugProbe: z.boolean(),
  cgroupPath: z.string(),
  cgroupPaths: map(z.string()),
});

/** The same for a container. */
export const containerStateItem = struct({
  state,
  blockDeviceID: z.string(),
  fstype: z.string(),
  cgroupPath: z.string(),
});

goNamings.add(sandboxStateItem, { convention: 'same', omitEmpty: ['cgroupPath'] });
goNamings.add(containerStateItem, {
  convention: 'same',
  names: { blockDeviceID: 'BlockDeviceID' },
  omitEmpty: ['cgroupPath'],
});

export type SandboxStateItem = z.infer<typeof sandboxStateItem>;
export type ContainerStateItem = z.infer<typeof containerStateItem>;

/** Kata's `types.SandboxState` in JSON, in both forms. */
export const sandboxStateItemCodec = new GoJsonCodec<SandboxStateItem>(sandboxStateItem);
/** Kata's `types.ContainerState` in JSON. */
export const containerStateItemCodec = new GoJsonCodec<ContainerStateItem>(containerStateItem);
