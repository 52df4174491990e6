import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchFs, defaultDirectories } from './fs.js';
import type { Group } from './group.js';
import { benchLmdb } from './lmdb.js';
import { describeMachine } from './machine.js';
import { benchRedis } from './redis.js';
import { benchS3 } from './s3.js';

const usage = `usage: npm run bench -- fs [--json] [--dir DIRECTORY]...
       npm run bench -- lmdb [--json]
       npm run bench -- redis [--json]
       npm run bench -- s3 [--json]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, dir: { type: 'string', multiple: true } },
});
const benches: Readonly<Record<string, () => Promise<Group[]>>> = {
  lmdb: benchLmdb,
  fs: () => benchFs(values.dir ?? defaultDirectories.filter(existsSync)),
  redis: benchRedis,
  s3: benchS3,
};
const bench = benches[positionals[0] ?? ''];
if (bench === undefined) {
  console.error(usage);
  process.exit(2);
}
const groups = await bench();
if (values.json) console.log(JSON.stringify({ machine: describeMachine(), groups }, undefined, 2));
else print(groups);

function print(groups: readonly Group[]): void {
  console.log(describeMachine());
  for (const { title, measurements } of groups) {
    console.log(`\n${title}`);
    for (const { name, medianUs, ratio } of measurements) {
      console.log(`  ${ratio.toFixed(2).padStart(6)} ×  ${medianUs.toFixed(0).padStart(7)} µs  ${name}`);
    }
  }
}
