import { spawnSync } from 'node:child_process';

/**
 * Makes sure that a command is there, installing its Debian package if that is possible.
 * @throws Error naming the command if it is not
 */
export function requireTool(command: string, debianPackage: string): void {
  if (isInstalled(command)) return;
  const asRoot = process.getuid?.() === 0 && isInstalled('apt-get');
  if (asRoot) {
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], { stdio: 'ignore' });
  }
  if (!isInstalled(command)) {
    const tried = asRoot ? 'installing it with apt-get failed' : 'only root on Debian or Ubuntu can have it installed';
    throw new Error(`these tests need the command ${command} (Debian package ${debianPackage}): ${tried}`);
  }
}

function isInstalled(command: string): boolean {
  return (
    spawnSync('sh', ['-c', `command -v ${command}`], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    }).status === 0
  );
}
