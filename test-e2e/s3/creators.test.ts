import { isPersistError } from '@sandkeep/persist-api';
import { afterAll, expect, test } from 'vitest';
import { s3Service } from '../services/s3-service.js';
import { rounds, timeFor } from '../support/rounds.js';
import { freshStorage } from './storage.js';

const creators = 50;
const count = rounds(8, 50);
const service = await s3Service();
afterAll(() => service.close());

test(`${creators} creators of one document, ${count} times: one winner each, the others know whose it is`, {
  timeout: timeFor(count, 2_000),
}, async () => {
  const storage = await freshStorage(service);
  const drivers = await Promise.all(Array.from({ length: 5 }, () => storage.open()));
  for (let round = 0; round < count; round++) {
    const key = `box/${round}`;
    // In every second round there was such a document before.
    if (round % 2 === 1) {
      const [first] = drivers;
      await first?.remove(key, { expect: await first.write(key, Buffer.from('before')) });
    }
    const outcomes = await Promise.allSettled(
      Array.from({ length: creators }, (_, n) => {
        return drivers[n % drivers.length]?.write(key, Buffer.from(`${n}`), { expect: 'absent' });
      }),
    );
    const winners = outcomes.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : []));
    expect(winners).toHaveLength(1);
    const found = await drivers[0]?.read(key);
    expect(Buffer.from(found?.data ?? []).toString()).toBe(`${winners[0]}`);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toBe(found?.version);
      else {
        expect(isPersistError(outcome.reason, 'CONFLICT'), String(outcome.reason)).toBe(true);
        expect([undefined, found?.version]).toContain(outcome.reason.currentVersion);
      }
    }
  }
  await Promise.all(drivers.map((driver) => driver.close()));
});
