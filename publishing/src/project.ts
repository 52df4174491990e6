import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { npmEnvironment } from './npm-environment.js';
import { writeNpmrc } from './npmrc.js';
import { repository } from './published-packages.js';
import { type RunOptions, run, type Said, succeed } from './run.js';

const require = createRequire(import.meta.url);
const pnpm = join(dirname(require.resolve('pnpm')), 'bin/pnpm.cjs');
const tsc = join(repository, 'node_modules/typescript/bin/tsc');

export type PackageManager = 'npm' | 'pnpm';

/** Where a project finds its tools. */
export interface Surroundings {
  /** The URL of the registry that everything is installed from. */
  readonly registry: string;
  /** Projects are made below it, and the caches of the package managers. */
  readonly directory: string;
  /** The program `node` that runs everything. */
  readonly node: string;
}

/** How TypeScript is set up in a project. */
export const typeScriptSettings = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
} as const;

/** The project of a user: an empty directory with a package.json, and whatever is installed there. */
export class Project {
  readonly directory: string;
  readonly #manager: PackageManager;
  readonly #surroundings: Surroundings;

  constructor(manager: PackageManager, surroundings: Surroundings) {
    const { registry, directory } = surroundings;
    this.#manager = manager;
    this.#surroundings = surroundings;
    this.directory = mkdtempSync(join(directory, `${manager}-`));
    this.write('package.json', '{ "private": true, "type": "module" }');
    writeNpmrc(this.directory, registry, {
      cache: join(directory, 'npm-cache'),
      'store-dir': join(directory, 'pnpm-store'),
      'cache-dir': join(directory, 'pnpm-cache'),
      'node-linker': 'isolated',
    });
  }

  /** @param packages as they stand after `npm install` */
  async install(...packages: readonly string[]): Promise<void> {
    if (this.#manager === 'npm') await succeed('npm', ['install', ...packages], this.#options());
    else await succeed(this.#surroundings.node, [pnpm, 'add', ...packages], this.#options());
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), text);
  }

  /** Runs a file of the project in its own directory. @throws Error unless it succeeds @returns what it prints */
  node(file: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const path = join(this.directory, file);
    return succeed(this.#surroundings.node, [path], { ...this.#options(env), cwd: dirname(path) });
  }

  /** Runs a line in a shell, with what is installed in the project. */
  shell(line: string, env: NodeJS.ProcessEnv = {}): Promise<Said> {
    return run('sh', ['-c', line], this.#options(env));
  }

  /**
   * Compiles `files` into the directory `settings`, with all checks, those of the packages' declarations among them.
   * @throws Error with what is wrong
   */
  async compile(files: readonly string[], settings: keyof typeof typeScriptSettings): Promise<void> {
    const compilerOptions = {
      ...typeScriptSettings[settings],
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable'],
      types: ['node'],
      typeRoots: [join(repository, 'node_modules/@types')],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      rootDir: '.',
      outDir: settings,
    };
    this.write(`tsconfig.${settings}.json`, JSON.stringify({ compilerOptions, files }));
    await succeed(this.#surroundings.node, [tsc, '-p', `tsconfig.${settings}.json`], this.#options());
  }

  #options(env: NodeJS.ProcessEnv = {}): RunOptions {
    const path = `${dirname(this.#surroundings.node)}:${process.env.PATH}`;
    return { cwd: this.directory, env: npmEnvironment({ PATH: path, ...env }) };
  }
}
