import { MemoryStorage, memoryDriver } from '@sandkeep/persist-api';
import type { Harness } from '@sandkeep/persist-conformance';

export const memoryHarness: Harness<MemoryStorage> = {
  name: 'memory',
  create: async () => new MemoryStorage(),
  open: async (storage) => memoryDriver({ storage }),
  openPeer: async (storage) => memoryDriver({ storage }),
  dispose: async () => {},
};
