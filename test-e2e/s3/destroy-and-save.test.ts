import { afterAll, expect, test } from 'vitest';
import { s3Service } from '../services/s3-service.js';
import { type Call, describeCalls, isLinearizable } from '../support/linearizable.js';
import { RecordedDocument } from '../support/recorded-document.js';
import { rounds, timeFor } from '../support/rounds.js';
import { Worker } from '../support/worker.js';
import { freshStorage } from './storage.js';

const processes = 4;
const documents = 6;
const count = rounds(5, 100);
const service = await s3Service();
afterAll(() => service.close());

test(`removing and saving in ${processes} processes, ${documents} documents, ${count} times: what was seen can be explained`, {
  timeout: timeFor(count, 3_000),
}, async () => {
  const storage = await freshStorage(service);
  await using driver = await storage.open();
  const args = (n: number) => [JSON.stringify(storage.options), `p${n}`];
  const workers = Array.from({ length: processes }, (_, n) => {
    return new Worker(import.meta.url, 'workers/random-calls.js', args(n));
  });
  await Promise.all(workers.map((worker) => worker.line('ready')));
  let removals = 0;
  for (let round = 0; round < count; round++) {
    const keys = Array.from({ length: documents }, (_, n) => `round-${round}/${n}`);
    const printed = workers.map((worker) => worker.lines.length);
    workers.forEach((worker, n) => worker.send(JSON.stringify({ keys, count: 8, seed: round * 100 + n * 10 })));
    const answers = await Promise.all(workers.map((worker, n) => worker.line('calls ', printed[n])));
    const seen = answers.map((line) => JSON.parse(line.slice('calls '.length)) as Call[][]);
    for (const [n, key] of keys.entries()) {
      const document = new RecordedDocument(key);
      document.calls.push(...seen.flatMap((byKey) => byKey[n] ?? []));
      await document.read(driver);
      expect(isLinearizable(document.calls), `${key}:\n${describeCalls(document.calls)}`).toBe(true);
      removals += document.calls.filter(({ result }) => result.type === 'removed' && result.wasThere).length;
    }
  }
  expect(removals).toBeGreaterThan(count * documents);
});
