import { type Fault, FaultyDriver } from './faulty-driver.js';

class RepairRemovesDocuments extends FaultyDriver {
  async *check({ repair = false } = {}) {
    if (!repair) return;
    for await (const key of this.list('')) if (key.includes('.json/')) await this.sound.remove(key);
    yield* [];
  }
}

export const repairRemovesDocuments: Fault = {
  fault: 'a repair takes documents for left-overs',
  caughtBy: 'J97',
  breakDriver: (sound) => new RepairRemovesDocuments(sound),
};
