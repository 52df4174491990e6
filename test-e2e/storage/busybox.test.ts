import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryDriver } from '@sandkeep/persist-api';
import { StorageService } from '@sandkeep/persist-storage';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { busyboxImage } from './busybox-image.js';

const isRoot = process.geteuid?.() === 0;

test.runIf(isRoot).each(['overlay', 'vfs'] as const)(
  'a program runs in the root file system: %s',
  async (layerDriver) => {
    const root = temporaryDirectory();
    const layout = await busyboxImage(join(root, 'layout'));
    const options = { driver: memoryDriver(), graphRoot: join(root, 'graph'), runRoot: join(root, 'run') };
    const storage = await StorageService.open({ ...options, layerDriver, create: true });
    await storage.images.importOciLayout(layout.directory);
    const { config } = await storage.createContainerStorage({ imageName: 'busybox', containerName: 'shell' });
    expect(config.config).toEqual({ Cmd: ['/bin/busybox', 'sh'] });
    onTestFinished(() => storage.deleteContainer('shell'));
    const rootfs = await storage.startContainer('shell');
    const shell = ['/bin/busybox', 'sh', '-c', 'echo ok | /bin/busybox tee /file'];
    expect(execFileSync('chroot', [rootfs, ...shell], { encoding: 'utf8' })).toBe('ok\n');
    expect(readFileSync(join(rootfs, 'file'), 'utf8')).toBe('ok\n');
  },
);

test.runIf(isRoot)('the supervisor of the documentation runs as it is printed', async () => {
  const page = readFileSync(new URL('../../docs/storage.md', import.meta.url), 'utf8');
  const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
  const directory = temporaryDirectory(fileURLToPath(new URL('..', import.meta.url)));
  await busyboxImage(join(directory, 'busybox'));
  writeFileSync(join(directory, 'page.mjs'), code);
  const said = execFileSync(process.execPath, ['page.mjs'], { cwd: directory, encoding: 'utf8' });
  expect(said).toBe('hello from the container\n');
});
