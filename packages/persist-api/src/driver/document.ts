/**
 * Names one committed state of one document. Opaque: compare for equality only.
 *
 * A version never repeats for a key, not even when the same bytes are written again or the document
 * is removed and made anew (A→B→A gives three versions). Every driver instance on one storage sees
 * the same version for the same state. Never the empty string and never `'absent'`.
 */
export type Version = string;

/** What {@link PersistDriver.read} gives: one committed state, whole. */
export interface Document {
  /** The document's bytes. Owned by the caller: nothing else holds this memory. */
  readonly data: Uint8Array;
  readonly version: Version;
}
