import type { PersistErrorCode } from '@sandkeep/persist-api';
import type { ProcessOpener } from '../harness.js';
import type { TaskName } from './tasks.js';

/** The first message to a child process: how it opens its instance. */
export interface OpenMessage {
  readonly type: 'open';
  readonly opener: ProcessOpener;
  /** How far the child's wall clock is off. */
  readonly clockOffsetMs: number;
  /** The child's file mode creation mask; undefined leaves it as it is. */
  readonly umask: number | undefined;
}

/** Every later message to a child process. */
export interface RunMessage {
  readonly type: 'run';
  readonly call: number;
  readonly task: TaskName;
  readonly input: unknown;
}

export type ToChild = OpenMessage | RunMessage;

/** The answer of a child process; `call` 0 answers the {@link OpenMessage}. */
export type FromChild =
  | { readonly type: 'event'; readonly call: number; readonly event: unknown }
  | { readonly type: 'done'; readonly call: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly call: number; readonly error: ErrorMessage };

/** An error as it travels between processes. */
export interface ErrorMessage {
  /** Set for a PersistError. */
  readonly code: PersistErrorCode | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}
