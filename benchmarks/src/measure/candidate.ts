/** Something to be measured against the others of its group. */
export interface Candidate {
  readonly name: string;
  /** What it does not guarantee, of what Sandkeep does in the same group. */
  readonly lacks?: string | undefined;
  /** What has to be done before each run, and is not measured. */
  prepare?(): unknown;
  run(): unknown;
}
