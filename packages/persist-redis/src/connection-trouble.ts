const noMaster = /^All sentinels are unreachable\.(?:.*? Last error: (.*))?/s;

/**
 * Why there is no connection, where the client's own message hides it.
 * @param message the client's
 * @param tls whether the connection was to be one with TLS
 */
export function connectionTrouble(message: string, tls: boolean): string {
  const sentinels = noMaster.exec(message);
  if (sentinels === null) return `${message}${hintFor(message, tls)}`;
  const [, reason = 'none answered'] = sentinels;
  if (/unknown command .sentinel/i.test(reason)) return `a server among sentinels is no Sentinel (${reason.trim()})`;
  if (/no such master/i.test(reason)) return `the Sentinels know no master of that name (${reason})`;
  const hint = tls && /timed out|ETIMEDOUT/.test(reason) ? '; do the Sentinels speak TLS?' : '';
  return `no Sentinel named the master: ${reason}${hint}`;
}

function hintFor(message: string, tls: boolean): string {
  if (/^Unknown RESP type/.test(message)) return '; what answers is no Redis server: correct host and port';
  if (tls) return message === 'connect ETIMEDOUT' ? '; does the server speak TLS?' : '';
  if (!/ECONNRESET|EPIPE/.test(message)) return '';
  return '; if it is a Redis server that speaks TLS, the URL begins with rediss://, else correct host and port';
}
