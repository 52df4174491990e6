import type { Command } from 'commander';
import { formatAge } from '../age.js';
import { print, remark } from '../output.js';
import { formatTable } from '../table.js';
import { withStorage } from './storage-options.js';

export function addImages(storage: Command): void {
  storage
    .command('images')
    .summary('list the images')
    .action((_, command: Command) =>
      withStorage(command, async ({ images }, { json }) => {
        const found = await images.images();
        if (json) print(JSON.stringify(found));
        else if (found.length === 0) remark('no images');
        else {
          const rows = found.map(({ id, names, layers, createdAt }) => [
            id.slice(0, 12),
            names.join(', ') || '-',
            String(layers.length),
            `${formatAge(createdAt)} ago`,
          ]);
          print(formatTable(['id', 'names', 'layers', 'imported'], rows));
        }
      }),
    );
}
