import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';

test('without file descriptors a save fails clearly, and the old state stays', () => {
  const root = temporaryDirectory();
  const script = fileURLToPath(new URL('workers/no-descriptors.js', import.meta.url));
  const output = execFileSync('sh', ['-c', 'ulimit -n 1000; exec "$0" "$@"', process.execPath, script, root], {
    encoding: 'utf8',
  });
  expect(JSON.parse(output)).toEqual({
    without: { save: 'UNAVAILABLE', load: 'UNAVAILABLE' },
    before: 1,
    again: { save: 'done', load: 'done' },
    after: 3,
  });
  expect(readdirSync(join(root, '.sandkeep/staged'))).toEqual([]);
});
