import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { CephGateway } from '../services/ceph-gateway.js';
import { eventually } from '../services/eventually.js';
import { plainClient } from '../services/s3-bucket.js';
import { describeCalls, isLinearizable } from '../support/linearizable.js';
import { randomCalls } from '../support/random-calls.js';
import { RecordedDocument } from '../support/recorded-document.js';
import { rounds, timeFor } from '../support/rounds.js';
import { seededRandom } from '../support/seeded-random.js';
import { toArray } from '../support/to-array.js';
import { freshStorage } from './storage.js';

const gateway = await CephGateway.start();
const client = plainClient(gateway);
afterAll(async () => {
  client.destroy();
  await gateway.close();
});

async function objectsIn(Bucket: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key = '' }) => Key);
}

test('what was removed is swept by a later listing, and can be made again before and after', async () => {
  const storage = await freshStorage(gateway, { sweepAfterSeconds: 0 });
  await using driver = await storage.open();
  await using other = await storage.open();
  const keys = Array.from({ length: 20 }, (_, n) => `box/${n}`);
  await Promise.all(keys.map((key) => driver.write(key, Buffer.from('1'))));
  await Promise.all(keys.map((key) => driver.remove(key)));
  expect(await objectsIn(storage.bucket)).toHaveLength(keys.length);
  await other.write('box/7', Buffer.from('2'), { expect: 'absent' });
  expect(await toArray(driver.list(''))).toEqual(['box/7']);
  await eventually('the sweeping', async () => (await objectsIn(storage.bucket)).length === 1);
  await Promise.all(
    keys.filter((key) => key !== 'box/7').map((key) => driver.write(key, Buffer.from('3'), { expect: 'absent' })),
  );
  expect(await toArray(driver.list(''))).toEqual([...keys].sort());
});

test('tombstones are not swept before their time', async () => {
  const storage = await freshStorage(gateway);
  await using driver = await storage.open();
  await driver.remove('a', { expect: await driver.write('a', Buffer.from('1')) });
  expect(await toArray(driver.list(''))).toEqual([]);
  await driver.close();
  expect(await objectsIn(storage.bucket)).toEqual(['a']);
});

const count = rounds(8, 150);

test(`sweepers, removers and savers, ${count} times: what was seen can be explained`, {
  timeout: timeFor(count, 3_000),
}, async () => {
  const storage = await freshStorage(gateway, { sweepAfterSeconds: 0 });
  const sweepers = await Promise.all([storage.open(), storage.open()]);
  const savers = await Promise.all([storage.open(), storage.open()]);
  await using direct = await storage.open();
  let sweeping = true;
  const sweeps = sweepers.map(async (driver) => {
    while (sweeping) await toArray(driver.list(''));
  });
  for (let round = 0; round < count; round++) {
    const documents = Array.from({ length: 4 }, (_, n) => new RecordedDocument(`round-${round}/${n}`));
    const calls = documents.flatMap((document, n) =>
      savers.map((driver, caller) => {
        const random = seededRandom(100 * round + 10 * n + caller);
        return randomCalls(document, driver, { count: 12, name: `c${caller}`, random });
      }),
    );
    await Promise.all(calls);
    for (const document of documents) {
      await document.read(direct);
      expect(isLinearizable(document.calls), describeCalls(document.calls)).toBe(true);
    }
  }
  sweeping = false;
  await Promise.all(sweeps);
  await Promise.all([...savers, ...sweepers].map((driver) => driver.close()));
});
