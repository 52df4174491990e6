import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { describe, expect, test } from 'vitest';
import { packAll } from '../src/pack.js';
import { publishedPackages, repository } from '../src/published-packages.js';

const packages = publishedPackages();
const packed = packAll(packages);
const each = packages.map((one, n) => ({ ...one, ...one.manifest, ...packed[n] }));

/** Those that are one file of code, as no part of them is loaded later than the rest. */
const bundled = new Set(['persist-fs', 'persist-kata', 'persist-redis', 'persist-s3', 'persist-storage']);

/** Dependencies that no import names. */
const usedOtherwise: Readonly<Record<string, readonly string[]>> = {
  // Opened by its name, as the driver of a URL.
  '@sandkeep/persist-cli': ['@sandkeep/persist-fs'],
};

test('these are published', () => {
  expect(packages.map(({ folder }) => folder)).toEqual(
    ['api', 'cli', 'conformance', 'fs', 'kata', 'lmdb', 'redis', 's3', 'storage'].map((name) => `persist-${name}`),
  );
});

describe.each(each)('$name', ({ folder, directory, manifest, tarball, files = [] }) => {
  test('publint has nothing to say', async () => {
    const bytes = tarball?.slice().buffer ?? new ArrayBuffer();
    const { messages } = await publint({ pack: { tarball: bytes }, strict: true });
    expect(messages).toEqual([]);
  });

  test('its types are right wherever TypeScript looks for them; CommonJS gets an ES module', async () => {
    const result = await checkPackage(createPackageFromTarballData(tarball ?? new Uint8Array()));
    expect(result.types).toMatchObject({ kind: 'included' });
    const entryPoints = Object.keys(manifest.exports ?? {}).filter((name) => !name.endsWith('.json'));
    expect('problems' in result && result.problems).toEqual(
      entryPoints.map((entrypoint) => ({ kind: 'CJSResolvesToESM', entrypoint, resolutionKind: 'node16-cjs' })),
    );
  });

  test('holds what it needs, and nothing else', () => {
    const outside = files.filter((path) => !/^(dist|src|bin|templates)\//.test(path));
    const schema = folder === 'persist-api' ? ['sandkeep.config.schema.json'] : [];
    expect(outside).toEqual(['LICENSE', 'README.md', 'package.json', ...schema]);
    const built = files.filter((path) => path.startsWith('dist/'));
    expect(built.filter((path) => !/\.(js|js\.map|d\.ts|d\.ts\.map)$/.test(path))).toEqual([]);
    expect(built).toContain('dist/index.js');
    if (bundled.has(folder)) expect(built.filter((path) => path.endsWith('.js'))).toEqual(['dist/index.js']);
    const maps = built.filter((path) => path.endsWith('.map'));
    expect(maps).toEqual(expect.arrayContaining(['dist/index.js.map', 'dist/index.d.ts.map']));
    for (const path of maps) {
      const { sources } = JSON.parse(readFileSync(join(directory, path), 'utf8')) as { sources: string[] };
      const own = sources.filter((source) => !source.includes('@oxc-project')); // a helper of the bundler's has none
      expect(files).toEqual(expect.arrayContaining(own.map((source) => normalize(join(dirname(path), source)))));
    }
    expect(
      files.filter((path) => /\.test\.|tsbuildinfo|tsconfig/.test(path) && !path.startsWith('templates/')),
    ).toEqual([]);
  });

  test('says who made it, where it comes from, and what it needs', () => {
    const home = 'https://github.com/sandkeep/sandkeep';
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      type: 'module',
      homepage: `${home}/tree/main/packages/${folder}#readme`,
      bugs: { url: `${home}/issues` },
      // Provenance is refused by the registry if this is not the repository that the workflow runs in.
      repository: { type: 'git', url: `git+${home}.git`, directory: `packages/${folder}` },
      engines: { node: '>=20.19.0' },
      publishConfig: { access: 'public' },
      description: expect.stringMatching(/\w{3}/),
    });
    expect(manifest.keywords).toContain('sandkeep');
    expect(readFileSync(join(directory, 'LICENSE'), 'utf8')).toBe(readFileSync(join(repository, 'LICENSE'), 'utf8'));
  });

  test('depends on what its code imports, and on nothing else', () => {
    const sources = files.filter((path) => /^(dist|bin)\/.*\.(js|d\.ts)$/.test(path));
    const imported = sources.flatMap((path) => importsOf(readFileSync(join(directory, path), 'utf8')));
    const names = new Set(imported.filter((name) => name !== manifest.name && !builtinModules.includes(name)));
    const needed = new Set([...names, ...(usedOtherwise[manifest.name] ?? [])]);
    expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual([...needed].sort());
  });

  test('its own packages are of its own version', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies };
    for (const [name, range] of Object.entries(all)) {
      if (name.startsWith('@sandkeep/')) expect([manifest.version, `^${manifest.version}`]).toContain(range);
    }
  });
});

/** The packages that code imports: the names, without what follows them. */
function importsOf(code: string): string[] {
  const specifiers = code.matchAll(
    /^\s*(?:\}|import|export)(?:[^'"\n;]*\bfrom)? ['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/gm,
  );
  return [...specifiers]
    .map(([, from, dynamic]) => from ?? dynamic ?? '')
    .filter((specifier) => !/^(\.|node:)/.test(specifier))
    .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
}
