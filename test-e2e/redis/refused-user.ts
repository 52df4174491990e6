import type { RedisOptions } from '@sandkeep/persist-redis';
import type { Cluster, Redis } from 'ioredis';
import { plainClient } from './namespace.js';

/** The options of a user of its own, with all rights on every server; its name is that of the namespace. */
export async function withOwnUser(location: RedisOptions): Promise<RedisOptions> {
  const username = location.namespace as string;
  const password = `password-of-${username}`;
  await onEveryServer(location, (node) => node.acl('SETUSER', username, 'on', `>${password}`, '~*', '&*', '+@all'));
  return { ...location, username, password };
}

/** Has every server refuse that user, whose connections are cut, until the function that this gives is called. */
export async function refuseOwnUser({
  username = '',
  password: _,
  ...location
}: RedisOptions): Promise<() => Promise<void>> {
  await onEveryServer(location, async (node) => {
    await node.acl('SETUSER', username, 'off');
    await node.client('KILL', 'USER', username);
  });
  return () => onEveryServer(location, (node) => node.acl('SETUSER', username, 'on'));
}

export async function removeOwnUser({ username = '', password: _, ...location }: RedisOptions): Promise<void> {
  await onEveryServer(location, (node) => node.acl('DELUSER', username));
}

/** Behind Sentinel that is the master: it is the one that is talked to. */
async function onEveryServer(location: RedisOptions, act: (node: Redis) => Promise<unknown>): Promise<void> {
  const client = plainClient(location);
  try {
    await client.ping();
    const nodes = client.isCluster ? (client as Cluster).nodes('all') : [client as Redis];
    await Promise.all(nodes.map(act));
  } finally {
    client.disconnect();
  }
}
