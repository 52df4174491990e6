import {
  containerState,
  goTypes,
  processState,
  type StandardSchemaV1,
  sandboxState,
  uint64,
} from '@sandkeep/persist-api';
import { z } from 'zod';
import { GoJsonCodec } from '../go-json/go-json-codec.js';

/** The default schema of a sandbox, but with the version of Kata's format, and with any text as `state`. */
export const kataSandboxState = sandboxState.extend({ persistVersion: uint64.optional(), state: z.string() });

/** The default schema of a container, but with any text as `state`, and with the list that `process` was once. */
export const kataContainerState = containerState.extend({
  state: z.string(),
  process: z
    .union(
      [processState, goTypes.slice(processState)],
      'expected a process { token, pid, startTime }, or a list of them',
    )
    .optional(),
});

/** The state of a sandbox as trees hold it: the default one, with any text as `state`. */
export interface KataSandboxState extends z.infer<typeof kataSandboxState> {}
/** The state of a container as trees hold it: the default one, with any text as `state`. */
export interface KataContainerState extends z.infer<typeof kataContainerState> {}

/** `persist.json` of a sandbox. */
export const kataSandboxCodec = new GoJsonCodec<KataSandboxState>(kataSandboxState);
/** `persist.json` of a container. */
export const kataContainerCodec = new GoJsonCodec<KataContainerState>(kataContainerState);

/**
 * What Kata's trees hold, as the schema of a `SandboxStore`: everything that it accepts can be written as a
 * tree and is read back the same. It is wider than the default schema in what older versions of Kata wrote.
 */
export const kataSchema: {
  readonly sandbox: StandardSchemaV1<KataSandboxState>;
  readonly container: StandardSchemaV1<KataContainerState>;
} = { sandbox: kataSandboxCodec.schema, container: kataContainerCodec.schema };
