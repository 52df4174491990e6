import type { Section } from './section.js';

export interface TopicOptions {
  /** Directories that were asked for. */
  readonly directories: readonly string[] | undefined;
}

/** What `npm run bench -- <name>` runs. */
export interface Topic {
  sections(options: TopicOptions): readonly Section[];
  /** Ends what the sections share. */
  close?(): Promise<void>;
}
