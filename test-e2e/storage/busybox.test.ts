import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryDriver } from '@sandkeep/persist-api';
import { StorageService } from '@sandkeep/persist-storage';
import { expect, onTestFinished, test } from 'vitest';
import { OciLayout } from '../../packages/persist-storage/test/support/oci-layout.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { requireTool } from '../support/tools.js';

const isRoot = process.geteuid?.() === 0;

test.runIf(isRoot).each(['overlay', 'vfs'] as const)(
  'a program runs in the root file system: %s',
  async (layerDriver) => {
    requireTool('busybox', 'busybox-static');
    const program = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
    const root = temporaryDirectory();
    const layout = new OciLayout(join(root, 'layout'));
    const entries = [
      { name: 'bin', type: 'directory' as const, mode: 0o755 },
      { name: 'bin/busybox', mode: 0o755, content: readFileSync(program) },
    ];
    await layout.add({ ref: 'busybox', layers: [{ entries }], config: { config: { Cmd: ['/bin/busybox', 'sh'] } } });
    const options = { driver: memoryDriver(), graphRoot: join(root, 'graph'), runRoot: join(root, 'run') };
    const storage = await StorageService.open({ ...options, layerDriver, create: true });
    await storage.images.importOciLayout(layout.directory);
    const { config } = await storage.createContainerStorage({ imageName: 'busybox', containerName: 'shell' });
    expect(config.config).toEqual({ Cmd: ['/bin/busybox', 'sh'] });
    onTestFinished(() => storage.deleteContainer('shell'));
    const rootfs = await storage.startContainer('shell');
    const said = execFileSync('chroot', [rootfs, '/bin/busybox', 'sh', '-c', 'echo ok | /bin/busybox tee /file'], {
      encoding: 'utf8',
    });
    expect(said).toBe('ok\n');
    expect(readFileSync(join(rootfs, 'file'), 'utf8')).toBe('ok\n');
  },
);
