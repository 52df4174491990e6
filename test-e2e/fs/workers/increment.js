/**
 * Adds one to the number of a sandbox, so many times.
 *
 *     node increment.js <root> <id> <times>
 */
import { SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';

const [root, id, times] = process.argv.slice(2);
const store = new SandboxStore(await openFsDriver({ root }));
for (let i = 0; i < Number(times); i++) {
  await store.update(id, (draft) => {
    draft.sandbox.n += 1;
  });
}
process.stdout.write('done\n');
