import type { Change, WatchOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class WatchQueuesAll extends FaultyDriver {
  override async *watch(prefix: string, options?: WatchOptions) {
    const queue: Change[] = [];
    let wake = () => {};
    let failure: unknown;
    const filling = (async () => {
      for await (const change of super.watch(prefix, options)) {
        queue.push(change);
        wake();
      }
    })().catch((error) => {
      failure = error;
      wake();
    });
    for (;;) {
      yield* queue.splice(0);
      if (failure !== undefined) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (queue.length > 0 || failure !== undefined) resolve();
      });
    }
    await filling;
    throw failure;
  }
}

export const watchQueuesAll: Fault = {
  fault: 'a watch keeps every change until it is fetched',
  caughtBy: 'L106',
  alsoCaughtBy: ['L104'],
  breakDriver: (sound) => behindCreateDriver(new WatchQueuesAll(sound)),
};
