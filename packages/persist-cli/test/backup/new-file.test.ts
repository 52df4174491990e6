import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newAttemptId } from '@sandkeep/persist-api';
import { expect, it } from 'vitest';
import { NewFile } from '../../src/backup/new-file.js';
import { directory } from '../cli.js';

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

it('appears under its name when it is published, for its owner alone', async () => {
  const path = join(await directory(), 'x');
  const file = await NewFile.create(path, { replace: false });
  await file.write(chunks('one', 'two'));
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  await file.publish();
  await file.discard();
  expect(await readFile(path, 'utf8')).toBe('onetwo');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(path, '..'))).toEqual(['x']);
});

it('leaves nothing when it is discarded', async () => {
  const root = await directory();
  const file = await NewFile.create(join(root, 'x'), { replace: false });
  await file.write(chunks('one'));
  await file.discard();
  expect(await readdir(root)).toEqual([]);
});

it('never takes the place of another file, not even of one that came meanwhile', async () => {
  const path = join(await directory(), 'x');
  const late = await NewFile.create(path, { replace: false });
  await writeFile(path, 'theirs');
  const message = `${path} exists already, and was left as it is: --force replaces it`;
  await expect(late.publish()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message });
  await late.discard();
  await expect(NewFile.create(path, { replace: false })).rejects.toMatchObject({ message });
  expect(await readFile(path, 'utf8')).toBe('theirs');
  const forced = await NewFile.create(path, { replace: true });
  await forced.write(chunks('ours'));
  await forced.publish();
  expect(await readFile(path, 'utf8')).toBe('ours');
  expect(await readdir(join(path, '..'))).toEqual(['x']);
});

it('sweeps what a killed process left, and nothing of one that lives', async () => {
  const root = await directory();
  const api = new URL('../../../persist-api/dist/index.js', import.meta.url).href;
  const code = `import { newAttemptId } from '${api}'; console.log(newAttemptId());`;
  const dead = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }).stdout.trim();
  const living = `.x.${newAttemptId()}.partial`;
  const kept = [living, `.y.${dead}.partial`, '.x.notes', '.x.notes.partial'];
  for (const name of [...kept, `.x.${dead}.partial`]) await writeFile(join(root, name), '');
  const file = await NewFile.create(join(root, 'x'), { replace: false });
  await file.discard();
  expect((await readdir(root)).sort()).toEqual(kept.sort());
});

it.each([
  ['nope/x', 'NOT_FOUND', 'does not exist: make the directory first'],
  ['there', 'INVALID_ARGUMENT', 'is a directory: expected a file'],
])('%s is refused', async (name, code, message) => {
  const root = await directory();
  await mkdir(join(root, 'there'));
  const created = NewFile.create(join(root, name), { replace: true });
  await expect(created).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});
