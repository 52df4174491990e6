import { isPersistError, PersistError } from '@sandkeep/persist-api';
import type { Cluster, Redis } from 'ioredis';
import type { ServerCalls } from './server-calls.js';

/** The number of the database that `client` means to use. */
export function databaseOf(client: Redis | Cluster): number {
  if (client.isCluster) return 0;
  const { condition, options } = client as Redis;
  return condition?.select ?? options.db ?? 0;
}

/**
 * Makes sure that the server has the database: a client whose SELECT fails goes on in database 0.
 * @throws `INVALID_ARGUMENT` if it has not; `PERMISSION_DENIED` if the user may not select it
 */
export async function checkDatabase(client: Redis | Cluster, calls: ServerCalls): Promise<void> {
  const database = databaseOf(client);
  if (database === 0) return;
  try {
    await calls.read('select', [String(database)], 'utf8');
  } catch (error) {
    if (!isPersistError(error, 'INVALID_ARGUMENT')) throw error;
    const expected = "expected one that the server has, from 0 to one less than its setting 'databases'";
    throw new PersistError('INVALID_ARGUMENT', `database ${database} is not valid: ${expected}: ${error.message}`, {
      cause: error.cause,
    });
  }
}

/** Has `client` connect again when a new connection could not select the database, until one can. */
export function requireDatabase(client: Redis): void {
  client.on('error', (error: Error & { command?: { name: string } }) => {
    if (error.command?.name === 'select') client.disconnect(true);
  });
}
