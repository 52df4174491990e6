import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const home = new URL('../../peers/', import.meta.url);

/**
 * Imports a module of a peer. The peers are installed first if they are missing, which takes some
 * minutes, as one is compiled.
 */
export async function importPeer<Module>(name: string): Promise<Module> {
  if (!existsSync(new URL('node_modules', home))) install(fileURLToPath(home));
  const { default: load } = await import(new URL('import.js', home).href);
  return load(name);
}

function install(directory: string): void {
  console.error(`installing what is compared with, once: npm ci --prefix ${directory}`);
  const { status } = spawnSync('npm', ['ci', '--prefix', directory], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the peers could not be installed');
}
