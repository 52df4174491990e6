/** A document of an older format was brought up to date while it was loaded; nothing was written. */
export interface MigratedEvent {
  readonly type: 'migrated';
  /** The sandbox. */
  readonly id: string;
  /** The format of the document. */
  readonly from: number;
  /** The format of the store. */
  readonly to: number;
}

/** What `onEvent` of a store is told. */
export type StoreEvent = MigratedEvent;
