import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryDriver } from '@sandkeep/persist-api';
import { StorageService } from '@sandkeep/persist-storage';
import { expect, onTestFinished, test } from 'vitest';
import { OciLayout } from '../../packages/persist-storage/test/support/oci-layout.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { requireTool } from '../support/tools.js';

const isRoot = process.geteuid?.() === 0;

/** An image of nothing but a static busybox. */
async function busyboxImage(directory: string): Promise<OciLayout> {
  requireTool('busybox', 'busybox-static');
  const program = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  const layout = new OciLayout(directory);
  const entries = [
    { name: 'bin', type: 'directory' as const, mode: 0o755 },
    { name: 'bin/busybox', mode: 0o755, content: readFileSync(program) },
  ];
  await layout.add({ ref: 'busybox', layers: [{ entries }], config: { config: { Cmd: ['/bin/busybox', 'sh'] } } });
  return layout;
}

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
