import type { Group } from '../measure/group.js';

/** A part of a topic that can be run for itself: one group of candidates. */
export interface Section {
  /** Unique among all topics, in segments: `fs/tmpfs/save`. */
  readonly id: string;
  run(): Promise<Group>;
}
