import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../..', import.meta.url));

/** Whether a container engine answers, to `docker compose`. */
export function composeAnswers(): boolean {
  try {
    execFileSync('docker', ['compose', 'ps', '--quiet'], { cwd: directory, stdio: 'ignore', timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a service of docker-compose.yml, unless it runs, and waits until it is healthy. It stays.
 * @throws Error with what docker said
 */
export function composeUp(service: string): void {
  execFileSync('docker', ['compose', 'up', '--detach', '--wait', service], { cwd: directory, stdio: 'pipe' });
}
