import type { Command } from 'commander';
import { formatAge } from '../age.js';
import { print, remark } from '../output.js';
import { formatTable } from '../table.js';
import { withStorage } from './storage-options.js';

export function addContainers(storage: Command): void {
  storage
    .command('containers')
    .summary('list the containers')
    .action((_, command: Command) =>
      withStorage(command, async (service, { json }) => {
        const found = await service.containers();
        if (json) print(JSON.stringify(found));
        else if (found.length === 0) remark('no containers');
        else {
          const rows = found.map(({ id, name, imageId, mounts, createdAt }) => [
            id.slice(0, 12),
            name,
            imageId.slice(0, 12),
            String(mounts),
            `${formatAge(createdAt)} ago`,
          ]);
          print(formatTable(['id', 'name', 'image', 'mounts', 'created'], rows));
        }
      }),
    );
}
