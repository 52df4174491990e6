import type { ListOptions } from '@sandkeep/persist-api';
import { behindCreateDriver, type Fault, FaultyDriver } from './faulty-driver.js';

class ListOrderByFileName extends FaultyDriver {
  override async *list(prefix: string, options?: ListOptions) {
    const keys: string[] = [];
    for await (const key of this.sound.list(prefix, options)) keys.push(key);
    yield* keys.sort((a, b) => (a.replaceAll('/', '\0') < b.replaceAll('/', '\0') ? -1 : 1));
  }
}

export const listOrderByFileName: Fault = {
  fault: 'list walks the directories in the order of their names',
  caughtBy: 'H63',
  alsoCaughtBy: ['C28', 'H65'],
  breakDriver: (sound) => behindCreateDriver(new ListOrderByFileName(sound)),
};
