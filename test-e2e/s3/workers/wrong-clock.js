/**
 * Saves, loads and locks in a process whose clock is wrong.
 *
 *     node wrong-clock.js <options as JSON> <offset in milliseconds>
 *
 * It prints `opened`, then obeys lines: `save` and `load` answer `saved` and `loaded <text>`, `lock <ttl>` answers
 * `locked <fence>`, or the code of the error.
 */
import { createInterface } from 'node:readline';
import { openS3Driver } from '@sandkeep/persist-s3';
import { shiftClock } from '../../support/shift-clock.js';

const [options, offset] = process.argv.slice(2);
shiftClock(Number(offset));
const driver = await openS3Driver(JSON.parse(options));
let count = 0;

async function run(task, ttl) {
  if (task === 'save') {
    await driver.write('of-the-wrong', Buffer.from(`${count++}`));
    return 'saved';
  }
  if (task === 'load') return `loaded ${Buffer.from((await driver.read('of-the-right'))?.data ?? []).toString()}`;
  const lock = await driver.lock('shared', { waitMs: 60_000, ttlMs: Number(ttl) });
  return `locked ${lock.fence}`;
}

process.stdout.write('opened\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [task, ttl] = line.split(' ');
  process.stdout.write(`${await run(task, ttl).catch(({ code, message }) => `${code}: ${message}`)}\n`);
}
