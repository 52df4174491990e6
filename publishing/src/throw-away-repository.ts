import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { npmEnvironment } from './npm-environment.js';
import { writeNpmrc } from './npmrc.js';
import { type PublishedPackage, publishedPackages, repository } from './published-packages.js';
import { succeed } from './run.js';

const lerna = createRequire(join(repository, 'package.json')).resolve('lerna/cli');
const rootFiles = ['package.json', 'package-lock.json', 'lerna.json', 'README.md', 'LICENSE'];
const privateManifests = ['test-e2e/package.json', 'benchmarks/package.json', 'publishing/package.json'];
const notReleased = /^[^/]+\/(node_modules|test|tsconfig\.tsbuildinfo)$/;

/**
 * A git repository of its own with what a release is made of, as it is in this working tree: releases can be
 * tried there without a trace here.
 */
export class ThrowAwayRepository {
  readonly directory = mkdtempSync(join(tmpdir(), 'sandkeep-release-'));
  readonly #env: NodeJS.ProcessEnv;

  private constructor() {
    const who = { NAME: 'Sandkeep tests', EMAIL: 'tests@example.org' };
    const names = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
      Object.entries(who).map(([part, value]) => [`GIT_${role}_${part}`, value]),
    );
    const without = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', NX_DAEMON: 'false' };
    this.#env = npmEnvironment({ ...Object.fromEntries(names), ...without });
  }

  /** One commit with everything. @param registry the URL of the one that it publishes to */
  static async make(registry: string): Promise<ThrowAwayRepository> {
    const made = new ThrowAwayRepository();
    const { directory } = made;
    for (const path of [...rootFiles, ...privateManifests]) cpSync(join(repository, path), join(directory, path));
    const packages = join(repository, 'packages');
    const filter = (path: string) => !notReleased.test(relative(packages, path));
    cpSync(packages, join(directory, 'packages'), { recursive: true, filter });
    symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'));
    writeFileSync(join(directory, '.gitignore'), 'node_modules\ndist\n.npmrc\n.nx\n');
    writeNpmrc(directory, registry);
    await made.git('init', '--quiet', '--initial-branch=main');
    await made.commit('feat: everything so far');
    return made;
  }

  /** The packages as they are there. */
  packages(): PublishedPackage[] {
    return publishedPackages(this.directory);
  }

  async commit(message: string): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
  }

  git(...args: readonly string[]): Promise<string> {
    return succeed('git', args, { cwd: this.directory, env: this.#env });
  }

  lerna(...args: readonly string[]): Promise<string> {
    return succeed(process.execPath, [lerna, ...args], { cwd: this.directory, env: this.#env });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
