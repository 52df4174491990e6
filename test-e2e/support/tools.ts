import { debianInstall } from '../services/debian-install.js';
import { findExecutable } from '../services/find-executable.js';

/**
 * Makes sure that a command is there, installing its Debian package if that is possible.
 * @throws Error naming the command if it is not
 */
export function requireTool(command: string, debianPackage: string): void {
  if (findExecutable(command) !== undefined) return;
  debianInstall([debianPackage]);
  if (findExecutable(command) !== undefined) return;
  throw new Error(
    `These tests need the command ${command}. Install it (Debian: apt-get install ${debianPackage}); ` +
      'root on Debian or Ubuntu has it installed by them.',
  );
}
