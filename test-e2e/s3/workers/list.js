/**
 * Lists all keys, and closes, which ends the sweeping that the listing began.
 *
 *     node list.js <options as JSON>
 */
import { openS3Driver } from '@sandkeep/persist-s3';

const driver = await openS3Driver(JSON.parse(process.argv[2]));
for await (const key of driver.list('')) process.stdout.write(`key ${key}\n`);
await driver.close();
process.stdout.write('swept\n');
