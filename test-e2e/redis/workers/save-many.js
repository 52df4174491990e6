/**
 * Saves every sandbox whose number leaves a certain rest.
 *
 *     node save-many.js <options as JSON> <count> <processes> <rest>
 */
import { SandboxStore } from '@sandkeep/persist-api';
import { openRedisDriver } from '@sandkeep/persist-redis';

const [options, count, processes, rest] = process.argv.slice(2);
const store = new SandboxStore(await openRedisDriver(JSON.parse(options)));
for (let n = Number(rest); n < Number(count); n += Number(processes)) {
  await store.save(`box-${n}`, { sandbox: { state: 'running', n }, containers: new Map() });
}
process.stdout.write('done\n');
