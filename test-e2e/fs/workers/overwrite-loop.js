/**
 * Overwrites documents for ever, in an order that jumps about.
 *
 *     node overwrite-loop.js <root> <number of documents>
 */
import { openFsDriver } from '@sandkeep/persist-fs';

const [root, count] = process.argv.slice(2);
const driver = await openFsDriver({ root, durability: 'process' });
process.stdout.write('ready\n');
for (let n = 0; ; n = (n + 1237) % Number(count)) await driver.write(`box/k${n}`, Buffer.from(String(n)));
