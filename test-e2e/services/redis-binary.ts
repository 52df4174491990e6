import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The path of redis-server: of $SANDKEEP_TEST_REDIS_SERVER, or on the PATH, or installed now (as root
 * on Debian or Ubuntu).
 * @throws one error that says what to do
 */
export function redisServerBinary(): string {
  const named = process.env.SANDKEEP_TEST_REDIS_SERVER;
  if (named) return named;
  const found = onPath('redis-server') ?? onPath('valkey-server') ?? install();
  if (found !== undefined) return found;
  throw new Error(
    'The tests need redis-server 7 or newer, to start and kill servers of their own. Install it ' +
      '(Debian: apt-get install redis-server; macOS: brew install redis), or name it in SANDKEEP_TEST_REDIS_SERVER.',
  );
}

function onPath(name: string): string | undefined {
  for (const directory of [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not here
    }
  }
  return undefined;
}

function install(): string | undefined {
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) return undefined;
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    stdio: 'ignore',
  } as const;
  try {
    execFileSync('apt-get', ['update', '-qq'], options);
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], options);
  } catch {
    return undefined;
  }
  return onPath('redis-server');
}
