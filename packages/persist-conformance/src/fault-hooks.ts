import type { PersistErrorCode } from '@sandkeep/persist-api';

/** One way in which a storage can refuse changes. */
export interface StorageFault {
  /** Completes the sentence "while …": `the disk is full`, `every rename fails with EACCES`. */
  readonly name: string;
  /** The errors that tell it clearly. */
  readonly codes: readonly PersistErrorCode[];
  /**
   * Lets it happen to the child process `pid`, and to others if it cannot be told apart, until the
   * function that it resolves with is called. Reading may fail meanwhile, too.
   */
  begin(pid: number): Promise<() => Promise<void>>;
}

/** One step of making a write durable: its data, the moment from which everybody sees it, and that moment's durability. */
export type CommitStep = 'flush the data' | 'commit' | 'flush the commit';

/** A file or directory of a driver that keeps documents in files. */
export interface StoredFile {
  readonly path: string;
  readonly isDirectory: boolean;
  /** The permission bits: 0o600. */
  readonly mode: number;
}

/** Answers that are being lost. */
export interface LostAnswers {
  /** How many were lost so far. */
  readonly lost: number;
  stop(): Promise<void>;
}

/** Something that can happen to a backend between two calls. */
export interface Disturbance {
  /** Completes the sentence "after …": `SCRIPT FLUSH`, `a failover`. */
  readonly name: string;
  /** No call may fail because of it. Otherwise a call may fail with a retryable error, and must succeed before long. */
  readonly seamless: boolean;
  /** Resolves when it has happened. It loses nothing that was acknowledged. */
  act(): Promise<void>;
}
