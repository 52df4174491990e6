import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Group } from '../measure/group.js';
import { startedPackages } from './packages.js';

/** What `npm install` puts on the disk for a package: its published files, and its dependencies with theirs. */
export async function installedSizes(): Promise<Group> {
  const names = [
    ...startedPackages.flatMap(({ name, client }) => (client === undefined ? [name] : [client, name])),
    '@sandkeep/persist-cli',
  ];
  const measurements = [...new Set(names)].map((name) => {
    const packages = closure(name);
    const bytes = [...packages].reduce((sum, directory) => sum + sizeOf(directory), 0);
    return { name, value: bytes / 1e6, note: `${packages.size} packages` };
  });
  return { title: 'installed, with dependencies', unit: 'MB', measurements };
}

/** The directories of a package and all that it depends on. */
function closure(name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (wanted: string, from: string) => {
    const directory = resolve(wanted, from);
    if (directory === undefined || found.has(directory)) return;
    found.add(directory);
    const { dependencies = {}, optionalDependencies = {} } = manifest(directory);
    for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) visit(dependency, directory);
  };
  visit(name, import.meta.dirname);
  return found;
}

/** Optional dependencies for other systems are not installed. */
function resolve(name: string, from: string): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    const candidate = join(directory, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (directory === dirname(directory)) return undefined;
  }
}

function manifest(directory: string) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}

/** Of ours only what is published; nested packages count for themselves. */
function sizeOf(directory: string): number {
  const { name, files } = manifest(directory);
  const isOurs = String(name).startsWith('@sandkeep/');
  const published = isOurs
    ? ['package.json', 'README.md', ...files.filter((file: string) => !file.startsWith('!'))]
    : ['.'];
  return published.reduce((sum, entry) => sum + bytesIn(join(directory, entry)), 0);
}

function bytesIn(path: string): number {
  if (!existsSync(path) || path.endsWith('node_modules') || path.endsWith('.tsbuildinfo')) return 0;
  const entry = lstatSync(path);
  if (!entry.isDirectory()) return entry.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
