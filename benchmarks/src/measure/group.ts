/** One candidate's figure. */
export interface Measurement {
  readonly name: string;
  /** In the unit of the group. */
  readonly value: number;
  /** How many times the value of the group's first candidate, its floor; undefined where there is no floor. */
  readonly ratio?: number | undefined;
  /** See `Candidate`. */
  readonly lacks?: string | undefined;
  /** What else was seen. */
  readonly note?: string | undefined;
}

/** Candidates that were measured side by side. */
export interface Group {
  readonly title: string;
  readonly unit: 'µs' | 'ms' | 'MB' | 'per second';
  readonly measurements: readonly Measurement[];
}
