import type { CallOptions, PersistDriver } from '../driver/persist-driver.js';
import { isPersistError } from '../persist-error.js';
import { concernsOneDocument } from './concerns-one-document.js';
import type { DocumentOutcome } from './document-outcome.js';
import type { DocumentSource } from './document-sink.js';

/** Removes from a driver the documents below a prefix that the source does not have, unless they change meanwhile. */
export async function* deleteExtra(
  from: DocumentSource,
  to: PersistDriver,
  {
    prefix = '',
    dryRun,
    signal,
  }: CallOptions & { readonly prefix?: string | undefined; readonly dryRun?: boolean | undefined },
): AsyncGenerator<DocumentOutcome, void, undefined> {
  for await (const key of onlyIn(to.list(prefix, { signal }), from.list(prefix, { signal }))) {
    try {
      const document = await to.read(key, { signal });
      if (document === undefined || (await from.read(key, { signal })) !== undefined) continue;
      if (!dryRun) await to.remove(key, { expect: document.version, signal });
      yield { key, outcome: 'deleted' };
    } catch (error) {
      if (isPersistError(error, 'CONFLICT')) yield { key, outcome: 'conflict', error };
      else if (concernsOneDocument(error)) yield { key, outcome: 'failed', error };
      else throw error;
    }
  }
}

/** What only the first of two ascending listings has. */
async function* onlyIn(first: AsyncIterable<string>, second: AsyncIterable<string>) {
  const others = second[Symbol.asyncIterator]();
  try {
    let other = await others.next();
    for await (const key of first) {
      while (!other.done && other.value < key) other = await others.next();
      if (other.done || other.value !== key) yield key;
    }
  } finally {
    await others.return?.();
  }
}
