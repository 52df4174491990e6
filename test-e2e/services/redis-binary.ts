import { debianInstall } from './debian-install.js';
import { findExecutable } from './find-executable.js';

/**
 * The path of redis-server: of $SANDKEEP_TEST_REDIS_SERVER, or on the PATH, or installed now (as root
 * on Debian or Ubuntu).
 * @throws one error that says what to do
 */
export function redisServerBinary(): string {
  const named = process.env.SANDKEEP_TEST_REDIS_SERVER;
  if (named) return named;
  const found = find();
  if (found !== undefined) return found;
  debianInstall(['redis-server']);
  const installed = find();
  if (installed !== undefined) return installed;
  throw new Error(
    'The tests need redis-server 7 or newer, to start and kill servers of their own. Install it ' +
      '(Debian: apt-get install redis-server; macOS: brew install redis), or name it in SANDKEEP_TEST_REDIS_SERVER.',
  );
}

function find(): string | undefined {
  return findExecutable('redis-server') ?? findExecutable('valkey-server');
}
