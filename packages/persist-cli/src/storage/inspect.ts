import { isPersistError, PersistError } from '@sandkeep/persist-api';
import type { StorageService } from '@sandkeep/persist-storage';
import type { Command } from 'commander';
import { print } from '../output.js';
import { withStorage } from './storage-options.js';

export function addInspect(storage: Command): void {
  storage
    .command('inspect')
    .summary('print all that is known of a container or an image, as JSON')
    .argument('<name>', 'a name, an id or the beginning of one')
    .action((name: string, _, command: Command) =>
      withStorage(command, async (service, { json }) => {
        const found = (await unlessMissing(inspectContainer(service, name))) ?? (await inspectImage(service, name));
        print(JSON.stringify(found, null, json ? undefined : 2));
      }),
    );
}

async function inspectContainer(service: StorageService, name: string): Promise<object> {
  const metadata = await service.getContainerMetadata(name);
  const { id, mounts } = await service.container(name);
  const [workDir, runDir] = [await service.getWorkDir(id), await service.getRunDir(id)];
  return { kind: 'container', id, mounts, workDir, runDir, metadata };
}

async function inspectImage({ images }: StorageService, name: string): Promise<object> {
  const image = await unlessMissing(images.image(name));
  if (image === undefined)
    throw new PersistError('NOT_FOUND', `there is no container or image ${JSON.stringify(name)}`);
  return { kind: 'image', ...image };
}

async function unlessMissing<T>(finding: Promise<T>): Promise<T | undefined> {
  return finding.catch((error) => {
    if (isPersistError(error, 'NOT_FOUND')) return undefined;
    throw error;
  });
}
