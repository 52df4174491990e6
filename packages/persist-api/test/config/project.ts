import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A project in a fresh directory, removed after the test. zod can be imported from it. */
export async function project(files: Record<string, string>): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'sandkeep-config-')));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'node_modules'));
  const zod = dirname(createRequire(import.meta.url).resolve('zod/package.json'));
  await symlink(zod, join(root, 'node_modules/zod'));
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return root;
}

/** The files of an installed package, whose main module is `source`. */
export function installed(name: string, source: string): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({
      name,
      version: '1.0.0',
      type: 'module',
      exports: './main.js',
    }),
    [`node_modules/${name}/main.js`]: source,
  };
}

/** The source of a driver module. The driver that it opens shows the `config` it was opened with. */
export function driverSource({
  name = 'fs',
  schemes = ['file'],
  schema = fsSchema,
  open = openAnything,
  pathOptions = [] as string[],
} = {}): string {
  return `
    import { z } from 'zod';
    export const driver = {
      name: ${JSON.stringify(name)},
      schemes: ${JSON.stringify(schemes)},
      configSchema: ${schema},
      pathOptions: ${JSON.stringify(pathOptions)},
      fromUrl: (url) => ({ root: decodeURIComponent(new URL(url).pathname) }),
      open: ${open},
    };`;
}

const fsSchema = `z.strictObject({
  root: z.string(),
  create: z.boolean().optional(),
  durability: z.enum(['full', 'process']).default('full'),
  retries: z.int().min(0).optional(),
  factor: z.number().optional(),
  label: z.string().optional(),
  password: z.string().max(3).optional(),
  tls: z.strictObject({ privateKey: z.string() }).optional(),
})`;

const openAnything = `async (config) => ({ specVersion: 1, config })`;
