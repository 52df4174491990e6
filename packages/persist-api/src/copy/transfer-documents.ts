import type { Document, Version } from '../driver/document.js';
import { concernsOneDocument } from './concerns-one-document.js';
import { concurrently } from './concurrently.js';
import type { DocumentOutcome } from './document-outcome.js';
import type { DocumentSink, DocumentSource } from './document-sink.js';

/** How documents go from one place to another. */
export interface TransferOptions {
  /** As for {@link PersistDriver.list}. @default '' */
  readonly prefix?: string | undefined;
  /** How many documents are worked on at once. @default 8 */
  readonly concurrency?: number | undefined;
  /** Ends the transfer with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Look at every document once, and not again for what has changed meanwhile. @default false */
  readonly once?: boolean | undefined;
  /** Hears of each document that was looked at in each of the two passes. */
  readonly onLook?: ((pass: 'take' | 'compare') => void) | undefined;
}

/**
 * Takes documents from a source into a sink, in two passes over the source: the second one takes again what was
 * changed, made or removed since the first looked at it. So everything that was stored before the second pass
 * began is in the sink, or is told. What that pass took is looked at once more in the end: what has changed even
 * since then is told as `changed`.
 *
 * Of each document the versions and the key are kept in memory, about 350 bytes, but no data.
 * @returns what became of the documents: in the first pass of each one, then of those that had changed; so
 *   the last outcome of a key is the one that counts
 */
export async function* transferDocuments(
  from: DocumentSource,
  sink: DocumentSink,
  { prefix = '', concurrency = 8, signal, once = false, onLook }: TransferOptions = {},
): AsyncGenerator<DocumentOutcome, void, undefined> {
  const transfer = new Transfer(from, sink, signal);
  const pass = async function* (name: 'take' | 'compare') {
    const look = async (key: string) => {
      const outcome = await transfer.take(key, name);
      onLook?.(name);
      return outcome;
    };
    for await (const outcome of concurrently(from.list(prefix, { signal }), concurrency, look)) {
      if (outcome !== undefined) yield outcome;
    }
  };
  yield* pass('take');
  if (once) return;
  const taken = new Set<string>();
  for await (const outcome of pass('compare')) {
    taken.add(outcome.key);
    yield { ...outcome, again: true };
  }
  for await (const outcome of concurrently(transfer.unlisted(), concurrency, (key) => transfer.take(key, 'compare'))) {
    if (outcome !== undefined) yield { ...outcome, again: true };
  }
  for await (const changed of concurrently(taken, concurrency, (key) => transfer.isChanged(key))) {
    if (changed !== undefined) yield changed;
  }
}

interface Seen {
  readonly source: Version;
  /** Undefined: the sink does not have it. */
  readonly sink: Version | undefined;
  pass: 'take' | 'compare';
}

class Transfer {
  readonly #from: DocumentSource;
  readonly #sink: DocumentSink;
  readonly #signal: AbortSignal | undefined;
  readonly #seen = new Map<string, Seen>();

  constructor(from: DocumentSource, sink: DocumentSink, signal: AbortSignal | undefined) {
    this.#from = from;
    this.#sink = sink;
    this.#signal = signal;
  }

  /** @returns undefined if there is nothing to do: the document is as it was seen, or gone before it was */
  async take(key: string, pass: 'take' | 'compare'): Promise<DocumentOutcome | undefined> {
    const seen = this.#seen.get(key);
    if (seen !== undefined) seen.pass = pass;
    let document: Document | undefined;
    try {
      document = await this.#from.read(key, { signal: this.#signal });
    } catch (error) {
      if (concernsOneDocument(error)) return { key, outcome: 'failed', error };
      throw error;
    }
    if (document?.version === seen?.source) return undefined;
    if (document === undefined) {
      this.#seen.delete(key);
      return seen?.sink === undefined
        ? { key, outcome: 'removed' }
        : { key, ...(await this.#sink.takeBack(key, seen.sink)) };
    }
    const { version, ...placement } = await this.#sink.put(key, document.data, seen?.sink);
    this.#seen.set(key, { source: document.version, sink: version, pass });
    return { key, ...placement };
  }

  /** The keys that the second pass did not meet. */
  *unlisted(): Generator<string, void, undefined> {
    for (const [key, { pass }] of this.#seen) if (pass === 'take') yield key;
  }

  async isChanged(key: string): Promise<DocumentOutcome | undefined> {
    const document = await this.#from.read(key, { signal: this.#signal }).catch((error) => {
      if (concernsOneDocument(error)) return undefined;
      throw error;
    });
    return document?.version === this.#seen.get(key)?.source ? undefined : { key, outcome: 'changed' };
  }
}
