import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { directory, sandkeep } from './cli.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const installed = ['zod', 'typescript', '@types', 'undici-types', '@typescript', '.bin'];
const generated = [
  'package.json',
  'tsconfig.json',
  '.gitignore',
  'README.md',
  'src/documents.ts',
  'src/backend.ts',
  'src/index.ts',
  'test/harness.js',
  'test/conformance.test.js',
];

async function initDriver(name: string): Promise<string> {
  const cwd = await directory();
  const { code, stderr } = await sandkeep(['init-driver', name], { cwd });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return join(cwd, name.replace(/^@.*\//, ''));
}

/** What `npm install` would do, with the packages of this repository. */
async function install(root: string): Promise<void> {
  await mkdir(join(root, 'node_modules/@sandkeep'), { recursive: true });
  for (const name of installed) {
    const from = join(repository, 'node_modules', name);
    if (await readdir(from).catch(() => undefined)) await symlink(from, join(root, 'node_modules', name));
  }
  for (const name of ['persist-api', 'persist-conformance']) {
    await symlink(join(repository, 'packages', name), join(root, 'node_modules/@sandkeep', name));
  }
}

test('the package builds with tsc, passes the suite with its own tests, and is opened by its name', {
  timeout: 120_000,
}, async () => {
  const root = await initDriver('@acme/sandkeep-map');
  await install(root);
  const { stdout } = await promisify(execFile)('npm', ['test'], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '' },
    maxBuffer: 1e8,
  });
  expect(stdout).toMatch(/^# fail 0$/m);
  expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(70);

  const project = await directory();
  await mkdir(join(project, 'node_modules/@acme'), { recursive: true });
  await symlink(root, join(project, 'node_modules/@acme/sandkeep-map'));
  await writeFile(join(project, 'sandkeep.config.json'), JSON.stringify({ driver: '@acme/sandkeep-map' }));
  expect(await sandkeep(['ls', '--json'], { cwd: project })).toMatchObject({ code: 0, stderr: '' });
  await writeFile(join(project, 'sandkeep.config.json'), JSON.stringify({ driver: '@acme/sandkeep-map', storag: 1 }));
  expect((await sandkeep(['ls'], { cwd: project })).stderr).toMatch(/unknown option "storag" .*storage/);
});

test('docs/writing-a-driver.md prints the files of the package', async () => {
  const root = await initDriver('sandkeep-map');
  const guide = await readFile(join(repository, 'docs/writing-a-driver.md'), 'utf8');
  const printed = [...guide.matchAll(/```[jt]s\n(.*?)```/gs)].map(([, code]) => code);
  const files = ['src/documents.ts', 'src/backend.ts', 'src/index.ts', 'test/harness.js'];
  expect(printed).toEqual(await Promise.all(files.map((file) => readFile(join(root, file), 'utf8'))));
});

test('the files name the package and the driver, and no placeholder is left', async () => {
  const root = await initDriver('@acme/sandkeep-etcd');
  expect(
    (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()),
  ).toHaveLength(generated.length);
  for (const file of generated) {
    expect(await readFile(join(root, file), 'utf8'), file).not.toMatch(/package-name|driver-name|sandkeep-version/);
  }
  expect(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).name).toBe('@acme/sandkeep-etcd');
  expect(await readFile(join(root, 'src/backend.ts'), 'utf8')).toContain("name: 'sandkeep-etcd'");
});

test.runIf(process.geteuid?.() === 0)('a full disk is told as one, without a stack', async () => {
  const cwd = await directory();
  await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=5', 'tmpfs', cwd]);
  try {
    for (const name of ['with-room-for-some', 'with-none']) {
      const { code, stdout, stderr } = await sandkeep(['init-driver', name], { cwd });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^sandkeep: .* cannot be made: ENOSPC: no space left on device[^\n]*\n$/);
    }
  } finally {
    await promisify(execFile)('umount', ['-l', cwd]);
  }
});

describe('refusals', () => {
  test.each([
    'Upper',
    '.hidden',
    '_under',
    'a b',
    'a/b',
    '@acme/',
    '@/a',
    '../up',
    '@a/../b',
    'fs',
    'node_modules',
    'a'.repeat(215),
    '',
  ])('the name %j', async (name) => {
    const cwd = await directory();
    const { code, stderr } = await sandkeep(['init-driver', name], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/is no name for an npm package: expected lower-case letters/);
    expect(await readdir(cwd)).toEqual([]);
  });

  test('a directory that is not empty is left as it is', async () => {
    const cwd = await directory();
    await mkdir(join(cwd, 'sandkeep-etcd'));
    await writeFile(join(cwd, 'sandkeep-etcd/package.json'), 'mine');
    const { code, stderr } = await sandkeep(['init-driver', 'sandkeep-etcd'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/sandkeep-etcd is not empty/);
    expect(await readdir(join(cwd, 'sandkeep-etcd'))).toEqual(['package.json']);
    const file = await sandkeep(['init-driver', 'x', '--directory', 'sandkeep-etcd/package.json'], { cwd });
    expect(file).toMatchObject({ code: 2, stderr: expect.stringMatching(/package\.json cannot be made: EEXIST/) });
    const empty = await sandkeep(['init-driver', 'sandkeep-etcd', '--directory', 'new/place'], { cwd });
    expect(empty).toMatchObject({ code: 0, stdout: expect.stringMatching(/cd new\/place\n/) });
  });
});
