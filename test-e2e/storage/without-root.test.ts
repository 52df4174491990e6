import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { OciLayout } from '../../packages/persist-storage/test/support/oci-layout.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const isRoot = process.geteuid?.() === 0;
/** In a user name space without a mapping root may do no more than any user, and still reads its own files. */
const asAnyUser = isRoot ? ['unshare', '--user', '--', process.execPath] : [process.execPath];

test('without root layers are copied, and what could not be kept is told', async () => {
  const root = temporaryDirectory();
  const layout = new OciLayout(join(root, 'layout'));
  await layout.add({
    layers: [
      {
        entries: [
          { name: 'closed', type: 'directory', mode: 0o555, uid: 3 },
          { name: 'closed/inside', content: 'inside', uid: 3 },
          { name: 'secret', content: 'secret', mode: 0o001, uid: 0, gid: 42 },
          { name: 'null', type: 'character-device', devmajor: 1, devminor: 3, uid: 3 },
          { name: 'pipe', type: 'fifo', mode: 0o600, uid: 3 },
          { name: 'setuid', content: '', mode: 0o4755, uid: 3 },
        ],
      },
      { entries: [{ name: 'closed/.wh.inside', content: '' }], compression: 'zstd' },
    ],
  });
  const worker = fileURLToPath(new URL('workers/one-life.js', import.meta.url));
  const [command, ...args] = [...asAnyUser, worker, join(root, 'graph'), join(root, 'run'), layout.directory];
  const said = JSON.parse(execFileSync(command as string, args, { encoding: 'utf8' }));
  expect(said).toEqual({
    layerDriver: 'vfs',
    reason: 'overlayfs needs root',
    losses: { owners: 5, devices: 1, modes: 2, attributes: 0 },
    modes: { closed: '755', secret: '601', pipe: '600', setuid: '4755', written: '644' },
    secret: 'secret',
    refused: 'INVALID_STATE',
    left: [],
    problems: [],
  });
});
