import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Version } from '../driver/document.js';
import type { CallOptions } from '../driver/persist-driver.js';
import type { DefaultStateSchema } from '../state/default-schema.js';
import type { StateSchema } from './store-options.js';

/** A sandbox and its containers by id, as they are given to be saved. */
export interface SandboxInput<Schema extends StateSchema = DefaultStateSchema> {
  readonly sandbox: StandardSchemaV1.InferInput<Schema['sandbox']>;
  readonly containers: ReadonlyMap<string, StandardSchemaV1.InferInput<Schema['container']>>;
}

/** A sandbox and its containers by id, to be changed at will. */
export interface Draft<Schema extends StateSchema = DefaultStateSchema> {
  sandbox: StandardSchemaV1.InferOutput<Schema['sandbox']>;
  /**
   * As it was loaded: in the order in which the containers were saved, except that ids of digits alone
   * (`'7'`, but not `'07'`) come first, in ascending order.
   */
  containers: Map<string, StandardSchemaV1.InferOutput<Schema['container']>>;
}

/** One stored state, whole. Nothing else holds any part of it. */
export interface Snapshot<Schema extends StateSchema = DefaultStateSchema> extends Draft<Schema> {
  readonly id: string;
  /** Names this state; hand it to `save` or `destroy` as `ifRevision`. */
  readonly revision: Version;
  /** When it was saved, by the clock of the process that saved it. */
  readonly savedAt: Date;
}

export interface SaveOptions extends CallOptions {
  /**
   * The condition. Undefined: none, the last save wins. `'absent'`: only if there is none yet.
   * A revision: only if that is the current one. Otherwise the call is `CONFLICT` and changes nothing.
   */
  readonly ifRevision?: Version | 'absent' | undefined;
}

export interface DestroyOptions extends CallOptions {
  /** Destroy only this revision; otherwise, or if there is none, the call is `CONFLICT`. */
  readonly ifRevision?: Version | undefined;
}
