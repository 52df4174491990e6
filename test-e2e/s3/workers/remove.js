/**
 * Removes a document if it has a version, and prints what came of it: `removed`, or the code of the error.
 *
 *     node remove.js <options as JSON> <key> <version>
 */
import { openS3Driver } from '@sandkeep/persist-s3';

const [options, key, expect] = process.argv.slice(2);
const driver = await openS3Driver(JSON.parse(options));
process.stdout.write('opened\n');
const outcome = await driver.remove(key, { expect }).then(
  () => 'removed',
  ({ code }) => code,
);
process.stdout.write(`outcome ${outcome}\n`);
process.exit();
