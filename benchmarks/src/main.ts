import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchFs, defaultDirectories, type Group } from './fs.js';
import { describeMachine } from './machine.js';

const usage = 'usage: npm run bench -- fs [--json] [--dir DIRECTORY]...';
const benches: Readonly<Record<string, (directories: readonly string[]) => Promise<Group[]>>> = { fs: benchFs };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, dir: { type: 'string', multiple: true } },
});
const bench = benches[positionals[0] ?? ''];
if (bench === undefined) {
  console.error(usage);
  process.exit(2);
}
const groups = await bench(values.dir ?? defaultDirectories.filter(existsSync));
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
