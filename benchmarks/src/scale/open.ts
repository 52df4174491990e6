import { openDriver, type PersistDriver } from '@sandkeep/persist-api';

/** Opens a driver that the benchmarks depend on. */
export function open(url: string): Promise<PersistDriver> {
  return openDriver(url, { from: [import.meta.dirname] });
}
