import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { repository } from './published-packages.js';

/** A package and what is installed with it. */
export interface DependencyNode {
  readonly name: string;
  /** Where it is in this repository, such as `node_modules/zod`; empty if it is not, as a binary for another platform. */
  readonly location: string;
  /** Installed only where it fits the platform. */
  readonly forSomePlatforms: boolean;
  readonly dependencies: readonly DependencyNode[];
}

interface LockedPackage {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly os?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync(join(repository, 'package-lock.json'), 'utf8'),
);

/** What package-lock.json says that a package of this repository depends on, directly and indirectly. */
export function dependencyTree(name: string): DependencyNode {
  return node(name, locate(name, '', false), []);
}

/** All packages of a tree that are in this repository, each once. */
export function flatten(tree: DependencyNode): DependencyNode[] {
  const found = new Map([[tree.location, tree]]);
  for (const one of tree.dependencies.flatMap(flatten)) found.set(one.location, one);
  return [...found.values()].filter(({ location }) => location !== '');
}

function node(name: string, location: string, above: readonly string[]): DependencyNode {
  const { dependencies = {}, optionalDependencies = {}, os } = location === '' ? {} : (lock.packages[location] ?? {});
  const names = Object.keys({ ...dependencies, ...optionalDependencies }).sort();
  return {
    name,
    location,
    forSomePlatforms: os !== undefined || location === '',
    dependencies: names
      .map((one) => ({ name: one, location: locate(one, location, one in optionalDependencies) }))
      .filter((one) => !above.includes(one.location))
      .map((one) => node(one.name, one.location, [...above, location])),
  };
}

/** Where Node finds a package from a place, links followed. */
function locate(name: string, from: string, isOptional: boolean): string {
  for (let directory = from; ; directory = posix.dirname(directory)) {
    const path = posix.join(directory, 'node_modules', name);
    const { link, resolved } = lock.packages[path] ?? {};
    if (link && resolved !== undefined) return resolved;
    if (lock.packages[path] !== undefined) return path;
    if (directory !== '' && directory !== '.') continue;
    if (isOptional) return '';
    throw new Error(`package-lock.json has no ${name} for ${from}`);
  }
}
