/**
 * Adds one to the number of a sandbox, so many times.
 *
 *     node update.js <options as JSON> <id> <times>
 */
import { SandboxStore } from '@sandkeep/persist-api';
import { openS3Driver } from '@sandkeep/persist-s3';

const [options, id, times] = process.argv.slice(2);
const store = new SandboxStore(await openS3Driver(JSON.parse(options)));
for (let n = 0; n < Number(times); n++) {
  await store.update(id, (draft) => {
    draft.sandbox.n += 1;
  });
}
process.stdout.write('done\n');
process.exit();
