import type { Finding } from '@sandkeep/persist-api';
import { type ComparisonParts, compareIndex } from './compare-index.js';

const messages = {
  unlisted: 'there is a document, and no index entry: no listing shows it',
  dangling:
    'there is an index entry, and no document: something else than the driver has removed it, and listings show its key',
};

/** Where the index disagrees with the documents. Scans every key of the servers. */
export async function* checkStore(parts: ComparisonParts): AsyncGenerator<Finding, void, undefined> {
  for await (const { key, state } of compareIndex(parts)) {
    if (state === 'fine') continue;
    const outcome = parts.repair ? 'mended' : 'mendable';
    yield { kind: `${state}-key`, subject: key, message: messages[state], outcome };
  }
}
