import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PrivateRegistry } from '../src/private-registry.js';
import { ThrowAwayRepository } from '../src/throw-away-repository.js';

let registry: PrivateRegistry;
let release: ThrowAwayRepository;

beforeAll(async () => {
  registry = await PrivateRegistry.start();
  release = await ThrowAwayRepository.make(registry.url);
});

afterAll(async () => {
  release?.remove();
  await registry?.close();
});

const publish = () => release.lerna('publish', '--yes', '--no-push');
const read = (path: string) => readFileSync(join(release.directory, path), 'utf8');

/** What the registry tells of a package. */
async function published(name: string): Promise<{ versions: Record<string, Record<string, unknown>> }> {
  return (await fetch(new URL(name.replace('/', '%2f'), registry.url))).json() as never;
}

describe('lerna publish', () => {
  test('the first release has every package, under one version, with changelogs', async () => {
    await publish();
    for (const { manifest, folder } of release.packages()) {
      expect(manifest.version).toBe('0.1.0');
      expect(Object.keys((await published(manifest.name)).versions)).toEqual(['0.1.0']);
      expect(read(`packages/${folder}/CHANGELOG.md`)).toContain('everything so far');
    }
    expect(await release.git('tag')).toBe('v0.1.0\n');
    expect(await release.git('status', '--porcelain')).toBe('');
  });

  test('a fix in one package releases all of them, and only that one has something to tell', async () => {
    const file = 'packages/persist-redis/README.md';
    appendFileSync(join(release.directory, file), '\n');
    await release.commit('fix(persist-redis): a line more');
    await publish();
    for (const { manifest, folder } of release.packages()) {
      expect(manifest.version).toBe('0.1.1');
      const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
      const own = ranges.filter(([name]) => name.startsWith('@sandkeep/'));
      expect(own.map(([, range]) => range)).toEqual(own.map(() => '^0.1.1'));
      expect(Object.keys((await published(manifest.name)).versions)).toEqual(['0.1.0', '0.1.1']);
      expect(read(`packages/${folder}/CHANGELOG.md`)).toMatch(
        folder === 'persist-redis'
          ? /## .*0\.1\.1.*\n+### Bug Fixes\n+\* .*a line more/s
          : /## .*0\.1\.1.*Version bump only/s,
      );
    }
    expect(read('CHANGELOG.md')).toMatch(
      /\[0\.1\.1\]\(https:\/\/github\.com\/sandkeep\/sandkeep\/compare\/v0\.1\.0\.\.\.v0\.1\.1\)/,
    );
    expect(JSON.parse(read('package-lock.json')).packages['packages/persist-fs'].dependencies).toMatchObject({
      '@sandkeep/persist-api': '^0.1.1',
    });
  });
});
