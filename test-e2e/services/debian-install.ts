import { execFileSync } from 'node:child_process';
import { findExecutable } from './find-executable.js';

/**
 * Installs packages with apt-get, as root on Debian or Ubuntu; does nothing elsewhere, or if that fails.
 * Their services are not started. Several processes may do this at once: apt waits for the others.
 */
export function debianInstall(packages: readonly string[]): void {
  const apt = findExecutable('apt-get');
  if (process.getuid?.() !== 0 || apt === undefined) return;
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    stdio: 'ignore',
  } as const;
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  try {
    execFileSync(apt, [...wait, 'update', '-qq'], options);
    execFileSync(apt, [...wait, 'install', '-y', '-qq', '--no-install-recommends', ...packages], options);
  } catch {
    // whoever asked for them sees that they are missing
  }
}
