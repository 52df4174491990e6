/**
 * Makes random calls on documents, all at the same time, whenever told to, and prints what it saw.
 *
 *     node random-calls.js <options as JSON> <name>
 *
 * Input: a line of JSON `{ "keys": [...], "count": 10, "seed": 1 }`. Output: a line `calls ` and, as JSON, the
 * calls on each key.
 */
import { createInterface } from 'node:readline';
import { openS3Driver } from '@sandkeep/persist-s3';
import { randomCalls } from '../../support/random-calls.js';
import { RecordedDocument } from '../../support/recorded-document.js';
import { seededRandom } from '../../support/seeded-random.js';

const [options, name] = process.argv.slice(2);
const driver = await openS3Driver(JSON.parse(options));
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const { keys, count, seed } = JSON.parse(line);
  const documents = keys.map((key) => new RecordedDocument(key));
  await Promise.all(
    documents.map((document, n) => randomCalls(document, driver, { count, name, random: seededRandom(seed + n) })),
  );
  process.stdout.write(`calls ${JSON.stringify(documents.map(({ calls }) => calls))}\n`);
}
process.exit();
