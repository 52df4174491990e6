import { type DriverBackend, isProcessGone, LeaseLocks, processToken } from '@sandkeep/persist-api';
import { lmdbDocuments } from './lmdb-documents.js';
import type { LmdbEnvironment } from './lmdb-environment.js';

/** Documents and lock records in one environment, apart by the first byte of their keys. */
export function lmdbBackend(environment: LmdbEnvironment): DriverBackend {
  const documents = lmdbDocuments(environment, 'd');
  const leases = lmdbDocuments(environment, 'l');
  return {
    name: 'lmdb',
    capabilities: { shared: true, watch: false, stoppedWriterBlocks: true, maxDocumentBytes: 64 * 1024 * 1024 },
    locks: new LeaseLocks(Object.assign(leases, { process: processToken, isGone: isProcessGone })),
    read: (key) => documents.read(key),
    write: (key, data, { expect }) => documents.write(key, data, expect),
    remove: (key, { expect }) => documents.remove(key, expect),
    list: (prefix, { after, signal }) => documents.list(prefix, after, signal),
    health: () => environment.health(),
    close: () => environment.close(),
  };
}
