import { type DriverBackend, LeaseLocks } from '@sandkeep/persist-api';
import { Documents } from './documents.js';

/** What instances share: documents, and the records of locks apart from them. Yours is a directory, a server, … */
export class Storage {
  readonly documents = new Documents();
  readonly locks = new Documents();
}

export function backend({ documents, locks }: Storage): DriverBackend {
  return {
    name: 'driver-name',
    capabilities: { shared: false, watch: false, maxDocumentBytes: 16 * 1024 * 1024 },
    locks: new LeaseLocks(locks),
    read: (key) => documents.read(key),
    write: (key, data, { expect }) => documents.write(key, data, expect),
    remove: (key, { expect }) => documents.remove(key, expect),
    list: (prefix, { after }) => documents.list(prefix, after),
    health: async () => ({ status: 'ok', facts: { durability: 'none' }, risks: ['Nothing survives this process.'] }),
    close: async () => {},
  };
}
