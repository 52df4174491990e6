import type { ListOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class ListPagesByOffset extends FaultyDriver {
  override async *list(prefix: string, options?: ListOptions) {
    for (let offset = 0; ; offset += 10) {
      const page: string[] = [];
      let position = 0;
      for await (const key of this.sound.list(prefix, options)) {
        if (position >= offset && page.length < 10) page.push(key);
        position += 1;
      }
      if (page.length === 0) return;
      yield* page;
    }
  }
}

export const listPagesByOffset: Fault = {
  fault: 'a listing finds its next page by counting keys',
  caughtBy: 'H66',
  leftOut: ['H64'],
  breakDriver: (sound) => behindCreateDriver(new ListPagesByOffset(sound)),
};
