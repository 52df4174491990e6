import type { WriteOptions } from '@sandkeep/persist-api';
import { type Fault, FaultyDriver } from './faulty-driver.js';

class StaleExpectAccepted extends FaultyDriver {
  override write(key: string, data: Uint8Array, { expect, signal }: WriteOptions = {}) {
    return this.sound.write(key, data, { signal, expect: expect === 'absent' ? expect : undefined });
  }
}

export const staleExpectAccepted = {
  fault: 'only the condition "absent" is honoured, a version is not',
  caughtBy: 'D33',
  alsoCaughtBy: ['C29-states', 'C30', 'D34', 'D35', 'D39', 'J90'],
  breakDriver: (sound) => new StaleExpectAccepted(sound),
} satisfies Fault;
