import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeJson } from '@sandkeep/persist-api';
import { onTestFinished } from 'vitest';

/** A tree of the fixtures; it stands for `/run/vc`. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** A fresh directory, removed after the test. */
export async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sandkeep-kata-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** The text of every file below a directory, by its path there. */
export function textsOf(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(root, path), readFileSync(path, 'utf8')];
    }),
  );
}

/** The values of every `persist.json` below a directory, with exact integers, by its path there. */
export function valuesOf(root: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(textsOf(root))
      .filter(([path]) => path.endsWith('persist.json'))
      .map(([path, text]) => [path, decodeJson(text)]),
  );
}

export async function toArray<T>(items: AsyncIterable<T>): Promise<T[]> {
  const array: T[] = [];
  for await (const item of items) array.push(item);
  return array;
}
