import type { Command } from 'commander';
import { print, remark } from '../output.js';
import { withStorage } from './storage-options.js';

export function addStop(storage: Command): void {
  storage
    .command('stop')
    .summary("unmount a container's root file system")
    .description('Takes one start back; the last one unmounts. A container that is not mounted is no error.')
    .argument('<container>', 'a name, an id or the beginning of one')
    .action((container: string, _, command: Command) =>
      withStorage(command, async (service, { json }) => {
        const mounts = await service.stopContainer(container);
        if (json) print(JSON.stringify({ mounts }));
        else if (mounts > 0) remark(`still mounted: started ${mounts} more times`);
      }),
    );
}
