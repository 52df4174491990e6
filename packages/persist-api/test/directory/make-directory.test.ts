import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeDirectory } from '../../src/index.js';

function base(): string {
  const path = mkdtempSync(join(tmpdir(), 'sandkeep-make-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('makes what is missing, for its owner alone, and leaves what is there', async () => {
  const path = join(base(), 'a/b');
  await makeDirectory(path);
  await makeDirectory(path);
  expect([path, join(path, '..')].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
});

test('a file in its way is told', async () => {
  const file = join(base(), 'file');
  writeFileSync(file, '');
  await expect(makeDirectory(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

// The recursive mkdir of Node.js does not come back from this one.
test.skipIf(!existsSync('/proc/self'))('a file system that takes no directories is told', async () => {
  await expect(makeDirectory('/proc/sandkeep/below')).rejects.toMatchObject({ code: 'ENOENT', syscall: 'mkdir' });
});
