/** Something inconsistent in a storage. */
export interface Problem {
  readonly kind: 'container' | 'image' | 'layer' | 'name' | 'mount' | 'directory';
  /** The id of the record, the name, or the path. */
  readonly id: string;
  /** What is wrong, in plain words. */
  readonly what: string;
  /** Whether a repair mends it without losing data; else `what` says what to do. */
  readonly mendable: boolean;
}

/** A problem and, if it is mendable, how. */
export interface Finding extends Problem {
  /** Looks again under the lock of whatever it changes; what is right by then stays. */
  readonly mend?: (() => Promise<void>) | undefined;
}

export function finding(
  kind: Problem['kind'],
  id: string,
  what: string,
  mend?: (() => Promise<void>) | undefined,
): Finding {
  return { kind, id, what, mendable: mend !== undefined, mend };
}
