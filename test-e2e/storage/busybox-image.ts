import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { OciLayout } from '../../packages/persist-storage/test/support/oci-layout.js';
import { requireTool } from '../support/tools.js';

/** Writes an image of nothing but a static busybox, with the reference `busybox`. */
export async function busyboxImage(directory: string): Promise<OciLayout> {
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
