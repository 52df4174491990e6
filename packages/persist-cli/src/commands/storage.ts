import { Command } from 'commander';
import { addGlobalOptions } from '../global-options.js';
import { addCheck } from '../storage/check.js';
import { addContainers } from '../storage/containers.js';
import { addCreate } from '../storage/create.js';
import { addImages } from '../storage/images.js';
import { addImport } from '../storage/import.js';
import { addInspect } from '../storage/inspect.js';
import { addRepair } from '../storage/repair.js';
import { addRm } from '../storage/rm.js';
import { addStart } from '../storage/start.js';
import { addStop } from '../storage/stop.js';
import { addStorageOptions } from '../storage/storage-options.js';

export function addStorage(program: Command): void {
  const storage = addStorageOptions(addGlobalOptions(new Command('storage'), otherwise))
    .summary('container root file systems from OCI images')
    .description(
      'Keeps images and the root file systems of containers in a directory, and the records of them in the store ' +
        'that --url, SANDKEEP_URL or the configuration file names.',
    )
    .enablePositionalOptions()
    .addHelpText('after', examples);
  for (const add of [addImport, addImages, addCreate, addContainers, addStart, addStop, addRm, addInspect])
    add(storage);
  for (const add of [addCheck, addRepair]) add(storage);
  for (const command of storage.commands) addStorageOptions(addGlobalOptions(command, otherwise));
  program.addCommand(inheriting(storage, program));
}

/** A command that was not made by its parent has to take over how the parent reports errors. */
function inheriting(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheriting(child as Command, parent);
  return command;
}

const otherwise = { namespace: '"storage"' };

const examples = `
Examples:
  $ export SANDKEEP_URL=file:///var/lib/sandkeep
  $ sandkeep storage import ./busybox-layout --root /var/lib/storage --name busybox
  $ sandkeep storage create busybox --name web --root /var/lib/storage
  $ sandkeep storage start web --root /var/lib/storage
`;
