import { resolve } from 'node:path';
import type { Command } from 'commander';
import { print } from '../output.js';
import { checkPackageName } from '../package-name.js';
import { writeDriverPackage } from '../write-driver-package.js';

export function addInitDriver(program: Command): void {
  program
    .command('init-driver')
    .summary('write the package of a new driver')
    .description(
      'Writes a package with a driver of your own to begin with: it works, in memory, and passes the conformance ' +
        'suite, which is wired in. Refuses a directory that is not empty.',
    )
    .argument('<name>', 'the name of the package, such as sandkeep-etcd or @acme/sandkeep-etcd')
    .option('--directory <path>', 'where to write it (default: the name without its scope)')
    .addHelpText('after', '\nExamples:\n  $ sandkeep init-driver sandkeep-etcd')
    .action((name: string, options: { readonly directory?: string }) => initDriver(name, options));
}

async function initDriver(name: string, options: { readonly directory?: string }): Promise<void> {
  checkPackageName(name);
  const directory = options.directory ?? name.replace(/^@.*\//, '');
  for (const file of await writeDriverPackage(name, resolve(directory))) print(`wrote ${directory}/${file}`);
  print(`
Next:
  $ cd ${directory}
  $ npm install
  $ npm test

It passes as it is. Then put your storage in place of the Map in src/documents.ts; README.md says how to go on.`);
}
