import { invalidArgument } from '../driver/invalid-argument.js';
import type { PersistDriver } from '../driver/persist-driver.js';
import { deleteExtra } from './delete-extra.js';
import type { DocumentOutcome } from './document-outcome.js';
import { DriverSink, type ExistingPolicy, existingPolicies } from './driver-sink.js';
import { type TransferOptions, transferDocuments } from './transfer-documents.js';

/** How `copyDocuments` copies, and who is told of it. */
export interface CopyOptions extends Omit<TransferOptions, 'once'> {
  /** What to do where the target has another document. @default 'report' */
  readonly existing?: ExistingPolicy | undefined;
  /** Remove from the target, below the prefix, what the source does not have. @default false */
  readonly deleteExtra?: boolean | undefined;
  /** Tell what would be done, and change nothing. @default false */
  readonly dryRun?: boolean | undefined;
}

/**
 * Copies the documents of one driver to another, byte for byte; locks are not documents and stay behind. Both
 * may be in use meanwhile. Every document is written only if the target is as it was looked at, read back and
 * compared. What the source changes during the copy is taken again, see {@link transferDocuments}. What is the
 * same on both sides is not written, so that a copy that ended early goes on when it is done again.
 *
 *     for await (const { key, outcome, error } of copyDocuments(from, to)) console.log(key, outcome, error?.message);
 *
 * One document that cannot be read or written does not keep the others from being copied.
 * @throws `INVALID_ARGUMENT` for a bad option; errors of a driver that do not concern one document alone; the
 *   reason of the signal
 */
export async function* copyDocuments(
  from: PersistDriver,
  to: PersistDriver,
  options: CopyOptions = {},
): AsyncGenerator<DocumentOutcome, void, undefined> {
  const { existing = 'report', concurrency = 8, dryRun = false } = options;
  if (!existingPolicies.includes(existing)) {
    throw invalidArgument('existing', existing, `one of ${existingPolicies.join(', ')}`);
  }
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw invalidArgument('concurrency', concurrency, 'a whole number from 1');
  }
  yield* transferDocuments(from, new DriverSink(to, options), { ...options, once: dryRun });
  if (options.deleteExtra) yield* deleteExtra(from, to, options);
}
