import type { Measurement } from './compare.js';

/** Candidates that were measured side by side. */
export interface Group {
  readonly title: string;
  readonly measurements: readonly Measurement[];
}
