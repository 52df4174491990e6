import type { CaseContext } from './case-context.js';
import type { Need } from './need.js';

/** The sections of the suite, in the order in which they run. */
export const sections = {
  A: 'Lifecycle',
  B: 'Round trip',
  C: 'Remove',
  D: 'Compare and swap',
  E: 'Atomicity and crash',
  F: 'Format',
  G: 'Keys',
  H: 'List',
  I: 'Locks',
  J: 'Errors and the rest',
  K: 'Histories',
  L: 'Watch',
} as const;

/** The letter of a section. */
export type SectionId = keyof typeof sections;

/** One case of the suite: data, so that any runner can run it. */
export interface ConformanceCase {
  /** Stable: the section's letter and a number, and where one number has several cases, a name: `I71-processes`. */
  readonly id: string;
  readonly section: SectionId;
  /** What is seen to hold. */
  readonly title: string;
  /** Why it matters: what goes wrong with a driver that fails here. */
  readonly proves: string;
  /**
   * What it takes, which also says to which level the case belongs. Without one of these hooks in the
   * harness it is *not verified*.
   */
  readonly needs: readonly Need[];
  /**
   * Rejects when the driver fails the case, or with {@link NotVerified}. What it opens through the
   * context is closed afterwards, whatever the outcome.
   */
  run(context: CaseContext): Promise<void>;
}
