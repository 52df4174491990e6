import { setImmediate as turn } from 'node:timers/promises';
import type { WatchOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class WatchStartsLate extends FaultyDriver {
  override async *watch(prefix: string, { initial, onReady, signal }: WatchOptions = {}) {
    if (initial) {
      for await (const key of this.sound.list(prefix)) {
        const document = await this.sound.read(key);
        if (document !== undefined) yield { key, type: 'written' as const, version: document.version };
      }
    }
    onReady?.();
    await turn();
    yield* super.watch(prefix, { signal });
  }
}

export const watchStartsLate: Fault = {
  fault: 'a watch lists, and only then listens',
  caughtBy: 'L105',
  leftOut: ['L102', 'L103', 'L104', 'L106'],
  limitMs: 3_000,
  breakDriver: (sound) => behindCreateDriver(new WatchStartsLate(sound)),
};
