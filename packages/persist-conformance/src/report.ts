import type { DriverCapabilities } from '@sandkeep/persist-api';
import type { SectionId } from './conformance-case.js';
import type { Level } from './level.js';

/**
 * `passed`; `failed`: the driver broke the contract, or the harness could not be used; `not-verified`:
 * nothing is known, because the harness lacks a hook or the driver a capability. Not verified is never
 * a pass: a driver is certified for what passed.
 */
export type CaseStatus = 'passed' | 'failed' | 'not-verified';

/** What became of one case. Plain data. */
export interface CaseReport {
  readonly id: string;
  readonly section: SectionId;
  readonly level: Level;
  readonly title: string;
  readonly proves: string;
  readonly status: CaseStatus;
  readonly durationMs: number;
  /** With `not-verified`: why. */
  readonly reason?: string;
  /** With `not-verified`: it is about something that not every driver has, and holds no level back. */
  readonly optional?: true;
  /** With `failed`. */
  readonly error?: { readonly message: string; readonly stack: string };
}

/** What the cases of one level say. */
export interface LevelReport {
  readonly level: Level;
  /** Every case of this level and of those below it ran, and passed, or was not verified and `optional`. */
  readonly reached: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly notVerified: number;
  /** Cases that were not asked for. */
  readonly notRun: number;
  /** The cases of this level that failed, or that were not verified and are not `optional`. */
  readonly heldBackBy: readonly string[];
}

/** What {@link runConformance} found out. Plain data that can be kept as JSON. */
export interface Report {
  /** {@link Harness.name}. */
  readonly harness: string;
  /** What the driver says of itself; undefined if it could not be opened. */
  readonly driver?: {
    readonly name: string;
    readonly specVersion: number;
    readonly capabilities: DriverCapabilities;
  };
  /** Give it again, with the id of a case, to repeat the same choices in its races. */
  readonly seed: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly totals: { readonly passed: number; readonly failed: number; readonly notVerified: number };
  /** The highest level that was reached; undefined if not even core was. */
  readonly level?: Level;
  /** Every level, the lowest first. */
  readonly levels: readonly LevelReport[];
  /** In the order in which they ran. */
  readonly cases: readonly CaseReport[];
}
