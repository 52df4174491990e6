import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the .npmrc of a project in `directory` that uses one registry for everything.
 * npm wants a token to publish, even where the registry asks for none.
 */
export function writeNpmrc(directory: string, registry: string, settings: Readonly<Record<string, string>> = {}): void {
  const all = {
    registry,
    [`//${new URL(registry).host}/:_authToken`]: 'none',
    audit: 'false',
    fund: 'false',
    'update-notifier': 'false',
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(directory, '.npmrc'), lines.join(''));
}
