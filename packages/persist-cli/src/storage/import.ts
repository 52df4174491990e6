import type { Losses } from '@sandkeep/persist-storage';
import type { Command } from 'commander';
import { endEarly } from '../end-early.js';
import { print, remark } from '../output.js';
import { showImport } from './import-progress.js';
import { withStorage } from './storage-options.js';

interface ImportCommandOptions {
  readonly ref?: string;
  readonly platform?: string;
  readonly name?: string;
}

export function addImport(storage: Command): void {
  storage
    .command('import')
    .summary('bring an image in from an OCI image layout')
    .description('Verifies and extracts an image; layers that are there already are not read. Prints its id.')
    .argument('<directory>', 'the layout: a directory with oci-layout, index.json and blobs')
    .option('--ref <name>', 'the image of this name in the layout; needed if it has several')
    .option('--platform <os/architecture>', "which one of an image for several; else Linux on this machine's processor")
    .option('--name <name>', 'the name that the image gets; else the one that it has in the layout')
    .action((directory: string, options: ImportCommandOptions, command: Command) =>
      withStorage(
        command,
        async ({ images }, { json }) => {
          const signal = endEarly();
          const progress = showImport();
          const { ref, platform, name } = options;
          const importing = { ref, platform, name, signal, onProgress: progress.update };
          const image = await images.importOciLayout(directory, importing).finally(() => progress.end());
          print(json ? JSON.stringify(image) : image.id);
          if (!json) for (const loss of describeLosses(image.losses)) remark(loss);
        },
        { create: true },
      ),
    );
}

/** What an extraction could not keep, in plain words. */
export function describeLosses({ owners, devices, modes, attributes }: Losses): string[] {
  const lost: [number, string][] = [
    [owners, 'entries belong to this user, not to their owner: that needs root'],
    [devices, 'device nodes were left out: they need root'],
    [modes, 'entries were made readable for this user'],
    [attributes, 'entries lost their extended attributes'],
  ];
  return lost.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
}
