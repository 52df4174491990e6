// Makes one file of each package that every process of a user loads: Node takes about half a millisecond for each file
// that it loads. What a package depends on stays outside. TypeScript writes the types beside it.
import { readdirSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { rolldown } from 'rolldown';

/** What the `exports` of each package name. */
const packages = {
  'persist-api': { index: 'src/index.ts', 'at-rest/index': 'src/at-rest/index.ts' },
  'persist-fs': { index: 'src/index.ts' },
  'persist-kata': { index: 'src/index.ts' },
  'persist-redis': { index: 'src/index.ts' },
  'persist-s3': { index: 'src/index.ts' },
  'persist-storage': { index: 'src/index.ts' },
};

for (const [name, input] of Object.entries(packages)) {
  const directory = join(import.meta.dirname, 'packages', name);
  const bundle = await rolldown({
    cwd: directory,
    input,
    platform: 'node',
    // All but our own files and the helpers that `using` becomes.
    external: (id) => /^[^.]/.test(id) && !isAbsolute(id) && !id.startsWith('@oxc-project/runtime/'),
    resolve: { extensionAlias: { '.js': ['.ts'] } },
    transform: { target: 'es2023' },
  });
  const dist = join(directory, 'dist');
  for (const path of readdirSync(dist, { recursive: true })) if (/\.js(\.map)?$/.test(path)) rmSync(join(dist, path));
  await bundle.write({ dir: dist, chunkFileNames: '[name].js', sourcemap: true });
  await bundle.close();
}
