import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findExecutable } from './find-executable.js';

/**
 * Installs packages with apt-get, as root on Debian or Ubuntu; does nothing elsewhere, or if that fails.
 * Their services are not started. Several processes may do this at once: each waits for the others.
 */
export function debianInstall(packages: readonly string[]): void {
  const apt = findExecutable('apt-get');
  if (process.getuid?.() !== 0 || apt === undefined) return;
  const lock = join(tmpdir(), 'sandkeep-debian-install.lock');
  const run = (...words: string[]) =>
    execFileSync('flock', [lock, apt, '-o', 'DPkg::Lock::Timeout=300', '-qq', ...words], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      stdio: 'ignore',
    });
  try {
    run('update');
    run('install', '-y', '--no-install-recommends', ...packages);
  } catch {
    // whoever asked for them sees that they are missing
  }
}
