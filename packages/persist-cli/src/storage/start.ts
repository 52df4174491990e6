import type { Command } from 'commander';
import { print } from '../output.js';
import { withStorage } from './storage-options.js';

export function addStart(storage: Command): void {
  storage
    .command('start')
    .summary("mount a container's root file system")
    .description('Mounts the root file system, unless it is mounted, and counts it. Prints the mount point.')
    .argument('<container>', 'a name, an id or the beginning of one')
    .action((container: string, _, command: Command) =>
      withStorage(command, async (service, { json }) => {
        const mountPoint = await service.startContainer(container);
        print(json ? JSON.stringify({ mountPoint }) : mountPoint);
      }),
    );
}
