import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dependencyTree, flatten } from '../src/dependency-tree.js';
import { packagesPage } from '../src/packages-page.js';
import { publishedPackages, repository } from '../src/published-packages.js';

test('docs/packages.md names the packages and their dependencies: else run `npm run docs:packages`', () => {
  expect(withoutSizes(readFileSync(join(repository, 'docs/packages.md'), 'utf8'))).toBe(withoutSizes(packagesPage()));
});

/** Sizes change with every commit: they are those of the version that the page names. */
function withoutSizes(page: string): string {
  return page
    .replace(/\d+(\.\d+)? [kM]B/g, '<size>')
    .replace(/(?<=\) )\| \d+ \|/g, '| <files> |')
    .replace(/(?<=^## Sizes of ).*$/m, '')
    .replace(/(?<=bytes, on ).*?(?=\.)/, '');
}

/** What only some packages may bring. */
const heavy = {
  ioredis: ['persist-redis'],
  '@aws-sdk/client-s3': ['persist-s3'],
  lmdb: ['persist-lmdb'],
  commander: ['persist-cli'],
  'fast-check': ['persist-conformance', 'persist-cli'],
  'tar-stream': ['persist-storage', 'persist-cli'],
  vitest: [],
  typescript: [],
  '@types/node': [],
};

test.each(Object.entries(heavy))('%s comes with %j alone', (dependency, expected) => {
  const bringing = publishedPackages().filter(({ manifest }) => {
    return flatten(dependencyTree(manifest.name)).some(({ name }) => name === dependency);
  });
  expect(bringing.map(({ folder }) => folder).sort()).toEqual([...expected].sort());
});
