import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type DependencyNode, dependencyTree, flatten } from './dependency-tree.js';
import { type PackedPackage, packAll } from './pack.js';
import { publishedPackages, repository } from './published-packages.js';

/** The text of docs/packages.md, about the packages as they are built now. */
export function packagesPage(): string {
  const packed = packAll(publishedPackages());
  const version = packed[0]?.version ?? '';
  const rows = packed.map((one) => {
    const all = flatten(dependencyTree(one.name));
    const installed = all.map((dependency) => installedSize(dependency, packed)).reduce((sum, size) => sum + size, 0);
    const cells = [
      `[\`${one.name}\`](#${one.name.replace('@sandkeep/', '')})`,
      String(one.files.length),
      size(one.tarball.length),
      size(one.unpackedSize),
      String(all.length - 1),
      size(installed),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `# Packages

What each package holds and brings along. \`npm run docs:packages\` writes this page.

## Sizes of ${version}

"Installed" is the package with all that it depends on, in files' bytes, on ${process.platform} ${process.arch}. A project that uses
several packages has what they share once.

| package | files | tarball | unpacked | dependencies | installed |
| ------- | ----- | ------- | -------- | ------------ | --------- |
${rows.join('\n')}

## Dependencies

${sections(packed.map(({ name }) => name)).join('\n\n')}
`;
}

function sections(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    const tree = lines(dependencyTree(name), '', seen).join('\n');
    return `### ${name.replace('@sandkeep/', '')}\n\n\`\`\`text\n${tree}\n\`\`\``;
  });
}

/** A package's line and those below it; what was printed before is not taken apart again. */
function lines({ name, location, dependencies }: DependencyNode, indent: string, seen: Set<string>): string[] {
  const known = indent !== '' && dependencies.length > 0 && seen.has(location);
  seen.add(location);
  if (known) return [`${indent}${name} (see above)`];
  const binaries = dependencies.filter(({ forSomePlatforms }) => forSomePlatforms);
  const others = dependencies.filter(({ forSomePlatforms }) => !forSomePlatforms);
  return [
    `${indent}${name}`,
    ...others.flatMap((one) => lines(one, `${indent}  `, seen)),
    ...(binaries.length === 0 ? [] : [`${indent}  one of ${binaries.map((one) => one.name).join(', ')}`]),
  ];
}

function installedSize({ name, location }: DependencyNode, packed: readonly PackedPackage[]): number {
  const own = packed.find((one) => one.name === name);
  if (own !== undefined) return own.unpackedSize;
  const directory = join(repository, location);
  return existsSync(directory) ? sizeOf(directory) : 0; // locked, but for another platform
}

function sizeOf(directory: string): number {
  const entries = readdirSync(directory, { withFileTypes: true }).filter(({ name }) => name !== 'node_modules');
  return entries
    .map((entry) =>
      entry.isDirectory() ? sizeOf(join(directory, entry.name)) : statSync(join(directory, entry.name)).size,
    )
    .reduce((sum, size) => sum + size, 0);
}

function size(bytes: number): string {
  return bytes < 999_500 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
