import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of this repository. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

/** What these tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly homepage?: string;
  readonly bugs?: { readonly url: string };
  readonly repository?: { readonly type: string; readonly url: string; readonly directory?: string };
  readonly engines?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package that is published. */
export interface PublishedPackage {
  /** The name of its folder below `packages/`, such as `persist-fs`. */
  readonly folder: string;
  readonly directory: string;
  readonly manifest: Manifest;
}

/** The packages below `packages/` that are not private, in the order of their names. */
export function publishedPackages(root = repository): PublishedPackage[] {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((folder) => {
      const directory = join(root, 'packages', folder);
      return { folder, directory, manifest: JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) };
    })
    .filter(({ manifest }) => manifest.private !== true);
}
