import type { ListOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class ListHoldsOn extends FaultyDriver {
  override list(prefix: string, options?: ListOptions) {
    const { signal } = options ?? {};
    signal?.addEventListener('abort', () => {});
    return this.sound.list(prefix, options);
  }
}

export const listHoldsOn: Fault = {
  fault: 'every aborted listing leaves a listener behind',
  caughtBy: 'H69',
  breakDriver: (sound) => new ListHoldsOn(sound),
};
