import {
  checkConfig,
  createDriver,
  type DirectoryConfig,
  directoryDriver,
  directoryHealth,
  documentBackend,
  type PersistDriver,
} from '@sandkeep/persist-api';
import { lmdbDocuments } from './lmdb-documents.js';
import { LmdbEnvironment } from './lmdb-environment.js';

/** What {@link openLmdbDriver} takes: the directory that holds the environment, on a local file system. */
export type LmdbConfig = DirectoryConfig;

/** The driver module: `lmdb:///var/lib/sandkeep?create=true` or `{ driver: 'lmdb', root: './state' }`. */
export const driver = directoryDriver('lmdb', async (root, create) => {
  const environment = await LmdbEnvironment.open(root, create);
  const documents = lmdbDocuments(environment, 'd');
  return createDriver(
    documentBackend({
      name: 'lmdb',
      capabilities: { shared: true, watch: false, stoppedWriterBlocks: true, maxDocumentBytes: 64 * 1024 * 1024 },
      copiesData: true,
      documents,
      leases: lmdbDocuments(environment, 'l'),
      health: () => documents.read('').then(() => directoryHealth(root, 'full')),
      close: () => environment.close(),
    }),
  );
});

/**
 * Opens the driver on a directory.
 * @throws `INVALID_ARGUMENT` for a wrong option; `NOT_FOUND` if the directory is missing; `FORMAT_UNSUPPORTED`
 * if it holds something else; `UNSUPPORTED` on a network file system; `PERMISSION_DENIED`, `UNAVAILABLE`
 */
export async function openLmdbDriver(config: LmdbConfig): Promise<PersistDriver> {
  return driver.open(checkConfig(driver, config));
}
