/**
 * One instance of the LMDB driver that obeys lines on its input and prints what came of them.
 *
 *     node lmdb.js <root> [count]     with a count: first writes documents 0, 1, … for ever, printing each number
 */
import { createInterface } from 'node:readline';
import { openLmdbDriver } from '@sandkeep/persist-lmdb';

const [root, own] = process.argv.slice(2);
const driver = await openLmdbDriver({ root });
const text = (n, bytes) => `${n} `.repeat(Math.ceil(bytes / `${n} `.length));
const say = (line) => process.stdout.write(`${line}\n`);

const commands = {
  async write(key, n, bytes = '100') {
    await driver.write(key, Buffer.from(text(n, Number(bytes))));
    return 'written';
  },
  async 'write-many'(count) {
    const results = await Promise.allSettled(
      Array.from({ length: Number(count) }, (_, n) => driver.write(`many/${n}`, Buffer.from(text(n, 100)))),
    );
    return results.map(({ status, reason }) => (status === 'fulfilled' ? 'written' : reason.code)).join(' ');
  },
  async read(key) {
    const document = await driver.read(key);
    return document === undefined ? 'none' : `${parseInt(document.data.toString(), 10)} ${document.data.byteLength}`;
  },
  async lock(name, ttlMs) {
    const { fence } = await driver.lock(name, { ttlMs: Number(ttlMs) });
    return `fence ${fence}`;
  },
  async close() {
    await driver.close();
    return 'closed';
  },
};

if (own === undefined) {
  createInterface({ input: process.stdin }).on('line', async (line) => {
    const [command, ...parameters] = line.split(' ');
    try {
      say(`done ${await commands[command](...parameters)}`);
    } catch (error) {
      say(`done ${error.code ?? error.message}`);
    }
  });
} else {
  const sizes = [500, 4_000, 60_000, 500_000, 1_500];
  const last = await driver.read(own);
  for (let n = last === undefined ? 0 : parseInt(last.data.toString(), 10) + 1; ; n++) {
    await driver.write(own, Buffer.from(text(n, sizes[n % sizes.length])));
    say(`own ${n}`);
    for (;;) {
      const shared = await driver.read('shared');
      const next = shared === undefined ? 0 : parseInt(shared.data.toString(), 10) + 1;
      try {
        await driver.write('shared', Buffer.from(text(next, 700)), { expect: shared?.version ?? 'absent' });
        say(`shared ${next}`);
        break;
      } catch (error) {
        if (error.code !== 'CONFLICT') throw error;
      }
    }
  }
}
say('ready');
