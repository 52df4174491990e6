import type { Command } from 'commander';
import { print } from '../output.js';
import { withStorage } from './storage-options.js';

interface CreateOptions {
  readonly name: string;
  readonly id?: string;
  readonly mountLabel?: string;
}

export function addCreate(storage: Command): void {
  storage
    .command('create')
    .summary('make a container on an image')
    .description('Makes a writable layer on an image, a work and a run directory. Prints the id of the container.')
    .argument('<image>', 'a name, an id or the beginning of one')
    .requiredOption('--name <name>', 'the name of the container')
    .option('--id <id>', 'the id of the container; else 64 random hex digits')
    .option('--mount-label <label>', 'the SELinux label to mount its root file system with')
    .action((imageName: string, { name, id, mountLabel }: CreateOptions, command: Command) =>
      withStorage(command, async (service, { json }) => {
        const container = { imageName, containerName: name, containerId: id, mountLabel };
        const info = await service.createContainerStorage(container);
        print(json ? JSON.stringify(info) : info.id);
      }),
    );
}
