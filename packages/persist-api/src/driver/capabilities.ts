/** What one driver has that another may lack. The conformance suite tests each of them both ways. */
export interface DriverCapabilities {
  /**
   * Another process that opens the same storage sees the same documents and locks.
   * False for a driver that keeps its state inside its own process.
   */
  readonly shared: boolean;
  /** {@link PersistDriver.watch} exists. Where this is false, `watch` is undefined. */
  readonly watch: boolean;
  /**
   * A process that is stopped in the middle of a write can hold up the writes of all others until it goes on,
   * as in a database with one write lock. @default false
   */
  readonly stoppedWriterBlocks?: boolean;
  /** The largest document in bytes. A larger one is `TOO_LARGE` before any I/O. At least 16 MiB. */
  readonly maxDocumentBytes: number;
}
