import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmEnvironment } from './npm-environment.js';
import { type PublishedPackage, repository } from './published-packages.js';

/** What `npm pack` makes of a package. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  /** The bytes of the tarball. */
  readonly tarball: Uint8Array;
  /** The bytes of the files in it. */
  readonly unpackedSize: number;
  /** The paths in it, below `package/`. */
  readonly files: readonly string[];
}

/** Packs packages as they are built now, in the order that they are given in. */
export function packAll(packages: readonly PublishedPackage[]): PackedPackage[] {
  const directory = mkdtempSync(join(tmpdir(), 'sandkeep-pack-'));
  try {
    const workspaces = packages.flatMap(({ folder }) => ['--workspace', `packages/${folder}`]);
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory, ...workspaces];
    const json = execFileSync('npm', args, {
      cwd: repository,
      env: npmEnvironment(),
      encoding: 'utf8',
      maxBuffer: 1e8,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const packed: {
      name: string;
      version: string;
      filename: string;
      unpackedSize: number;
      files: { path: string }[];
    }[] = JSON.parse(json);
    return packages.map(({ manifest }) => {
      const found = packed.find(({ name }) => name === manifest.name);
      if (found === undefined) throw new Error(`npm pack made nothing of ${manifest.name}`);
      const { name, version, filename, unpackedSize, files } = found;
      const tarball = new Uint8Array(readFileSync(join(directory, filename)));
      return { name, version, tarball, unpackedSize, files: files.map(({ path }) => path).sort() };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
