import { PersistError } from '@sandkeep/persist-api';

export const schemes = [
  'redis',
  'rediss',
  'redis+sentinel',
  'rediss+sentinel',
  'redis+cluster',
  'rediss+cluster',
] as const;

const shape = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^@/]*)(?:\/([^/]*))?\/?$/;
const authority = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;

/**
 * The configuration that a URL stands for:
 *
 *     redis://[user:password@]host[:port][/database]
 *     redis+sentinel://[user:password@]host[:port],…/master
 *     redis+cluster://[user:password@]host[:port],…
 *
 * `rediss…` is the same with TLS. User and password are percent-encoded.
 * @throws `INVALID_ARGUMENT`, without the password
 */
export function configFromUrl(url: string): Record<string, unknown> {
  const match = shape.exec(url);
  if (match === null) throw invalid(url, 'redis[s]://, redis[s]+sentinel:// or redis[s]+cluster:// and hosts');
  const [, scheme, kind, userInfo, hosts = '', path = ''] = match;
  const config = { ...credentials(url, userInfo), ...(scheme === 'rediss' ? { tls: true } : {}) };
  if (kind === 'sentinel') {
    if (path === '') throw invalid(url, "the master's name after the hosts, as in redis+sentinel://a:26379,b/mymaster");
    return { ...config, sentinels: parseNodes(url, hosts), master: decode(url, path) };
  }
  if (kind === 'cluster') {
    if (path !== '') throw invalid(url, 'nothing after the hosts: a Cluster has database 0 only');
    return { ...config, cluster: parseNodes(url, hosts) };
  }
  const nodes = hosts === '' ? [{ host: 'localhost' }] : parseNodes(url, hosts);
  if (nodes.length > 1) throw invalid(url, 'one host; several are redis+sentinel:// or redis+cluster://');
  if (path !== '' && !/^\d{1,4}$/.test(path)) throw invalid(url, 'the number of a database after the host');
  return { ...config, ...nodes[0], ...(path === '' ? {} : { database: Number(path) }) };
}

function parseNodes(url: string, hosts: string): { host: string; port?: number }[] {
  return hosts.split(',').map((text) => {
    const match = authority.exec(text);
    if (match === null) throw invalid(url, 'host or host:port');
    const [, host = '', port] = match;
    return { host: host.replace(/^\[(.*)\]$/, '$1'), ...(port === undefined ? {} : { port: Number(port) }) };
  });
}

function credentials(url: string, userInfo: string | undefined): { username?: string; password?: string } {
  if (userInfo === undefined) return {};
  const colon = userInfo.indexOf(':');
  const username = decode(url, colon < 0 ? userInfo : userInfo.slice(0, colon));
  const password = colon < 0 ? undefined : decode(url, userInfo.slice(colon + 1));
  return { ...(username === '' ? {} : { username }), ...(password === undefined ? {} : { password }) };
}

function decode(url: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(url, 'percent-encoding that is whole');
  }
}

/** The message shows the URL without all that could be a user or password. */
function invalid(url: string, expected: string): PersistError {
  const shown = url.replace(/^([^:]*:\/\/).*@/, '$1…@');
  return new PersistError('INVALID_ARGUMENT', `url "${shown}" is not valid: expected ${expected}`);
}
