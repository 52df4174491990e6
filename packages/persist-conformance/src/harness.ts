import type { PersistDriver } from '@sandkeep/persist-api';
import type { CommitStep, Disturbance, LostAnswers, StorageFault, StoredFile } from './fault-hooks.js';

/**
 * How the suite opens one driver: written once by whoever certifies it.
 *
 * `Location` is whatever names one storage: a directory, a URL with a prefix, a shared object. Every
 * case gets a fresh one, and the members below are called with it.
 *
 * The optional members are hooks. A case that needs a hook which is missing is reported as
 * *not verified*, with the name of the hook as the reason.
 */
export interface Harness<Location = unknown> {
  /** What the report calls the driver under test: `fs on tmpfs`, `redis 7.4`, … */
  readonly name: string;

  /** Makes a fresh, empty storage that shares nothing with any other. */
  create(): Promise<Location>;

  /** Opens an instance. The suite closes it. */
  open(location: Location): Promise<PersistDriver>;

  /** Opens a second instance that shares as little with the first as it can: its own connection, its own cache. */
  openPeer(location: Location): Promise<PersistDriver>;

  /** Removes the storage, once every instance on it is closed. Must not fail when it is damaged. */
  dispose(location: Location): Promise<void>;

  /**
   * How a child process opens an instance.
   *
   * All that the suite verifies between processes, and A9. Where the driver declares `capabilities.shared` as
   * false, all of it but A9 is *not verified*.
   */
  openInProcess?(location: Location): ProcessOpener;

  /** Tries to open a storage that does not exist (no such directory, no such bucket). Case A8. */
  openMissing?(location: Location): Promise<PersistDriver>;

  /** Opens an instance with a client that the caller made and goes on owning. Case A10. */
  openWithClient?(location: Location): Promise<OpenedWithClient>;

  /**
   * Damages the stored document `key` behind the driver's back. No instance uses it meanwhile.
   * Cases E54, E55, J90-corrupt.
   */
  corrupt?(location: Location, key: string, damage: Damage): Promise<void>;

  /**
   * Makes every call of every instance on this storage fail (server stopped, directory gone, access
   * refused) until the function that it resolves with is called. Cases E46, I84, J89-no-io, J90-failure.
   */
  failStorage?(location: Location): Promise<() => Promise<void>>;

  /**
   * What calls that have not ended, or never will, have left in the storage so far: the names of drafts,
   * claims, uncommitted uploads. Neither documents nor locks count. Case E51.
   */
  leftOvers?(location: Location): Promise<readonly string[]>;

  /** The ways in which the storage can be made to refuse changes: full, read-only, access denied, … Case E50. */
  storageFaults?(location: Location): readonly StorageFault[];

  /**
   * Records how the process `pid` makes its writes durable, until the function that it resolves with is
   * called, which gives the steps in order. Only for a storage in which a commit is a step of its own. Case E52.
   */
  recordCommits?(location: Location, pid: number): Promise<() => Promise<readonly CommitStep[]>>;

  /** Every file and directory that the driver made, of a driver that keeps documents in files. Case E53. */
  storedFiles?(location: Location): Promise<readonly StoredFile[]>;

  /**
   * From now on one answer of `every` is lost on its way from the backend to the instances on this storage,
   * after the call was carried out, and its connection is cut. Case J92.
   */
  loseAnswers?(location: Location, every: number): Promise<LostAnswers>;

  /** Tries to open a backend that takes conditional writes and ignores their conditions. Case J93. */
  openUnconditional?(location: Location): Promise<PersistDriver>;

  /**
   * Ends the backend as a crash would, and starts it again. It must keep what it has acknowledged.
   * Resolves when it answers again. Case J94.
   */
  restartBackend?(location: Location): Promise<void>;

  /** What can happen to the backend between two calls, and no caller may suffer from. Case J95. */
  disturbances?(location: Location): readonly Disturbance[];

  /** The secrets in this storage's configuration: passwords, access keys. At least one. Case J91. */
  secrets?(location: Location): readonly string[];
}

/** The names of the optional members of {@link Harness}. */
export type HarnessHook =
  | 'openInProcess'
  | 'openMissing'
  | 'openWithClient'
  | 'corrupt'
  | 'failStorage'
  | 'leftOvers'
  | 'storageFaults'
  | 'recordCommits'
  | 'storedFiles'
  | 'loseAnswers'
  | 'openUnconditional'
  | 'restartBackend'
  | 'disturbances'
  | 'secrets';

/** How a child process opens an instance of the driver. */
export interface ProcessOpener {
  /**
   * An ES module that plain Node.js can import, as a `file:` URL or a package's name (resolved from
   * this package: prefer `import.meta.resolve`). It exports `open(config): Promise<PersistDriver>`.
   */
  readonly module: string;
  /** Passed to `open`: anything that structured cloning copies. */
  readonly config: unknown;
}

/** What {@link Harness.openWithClient} gives. */
export interface OpenedWithClient {
  readonly driver: PersistDriver;
  /** Sends something harmless through the client; rejects if the client is closed. */
  ping(): Promise<unknown>;
  /** Closes the client. */
  end(): Promise<unknown>;
}

/**
 * What happens to the stored bytes of a document: all gone, the second half gone, all turned into NULs,
 * or one bit in the middle of the content flipped.
 */
export type Damage = 'empty' | 'truncated' | 'zeroed' | 'bit-flipped';
