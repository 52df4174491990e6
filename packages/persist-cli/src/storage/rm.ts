import type { Command } from 'commander';
import { print } from '../output.js';
import { withStorage } from './storage-options.js';

export function addRm(storage: Command): void {
  storage
    .command('rm')
    .summary('remove containers, or images')
    .description('Unmounts and removes containers with all their files, without asking; with --image, images.')
    .argument('<name...>', 'names, ids or beginnings of ids')
    .option('--image', 'they are images')
    .action((names: string[], { image = false }: { image?: boolean }, command: Command) =>
      withStorage(command, async (service, { json }) => {
        const removed: string[] = [];
        try {
          for (const name of names) {
            await (image ? service.images.removeImage(name) : service.deleteContainer(name));
            removed.push(name);
          }
        } finally {
          if (json) print(JSON.stringify({ removed }));
          else for (const name of removed) print(`removed ${name}`);
        }
      }),
    );
}
