import type { State } from '../workload/sample.js';

/** A library that a user would pick instead, opened on storage of its own. */
export interface Peer {
  readonly name: string;
  /** What it does not guarantee, of what the driver beside it does. */
  readonly lacks: string;
  /** Validates, encodes and stores. */
  save(id: string, state: State): unknown;
  /** Reads back, decodes and validates; fails if there is nothing. */
  load(id: string): unknown;
  close?(): unknown;
}

/** Peers that are open, and closed together. */
export class Peers implements AsyncDisposable {
  readonly all: readonly Peer[];

  constructor(all: readonly Peer[]) {
    this.all = all;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.all) await peer.close?.();
  }
}
