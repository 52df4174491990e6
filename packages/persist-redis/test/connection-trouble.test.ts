import { expect, test } from 'vitest';
import { connectionTrouble } from '../src/connection-trouble.js';

const retrying = 'All sentinels are unreachable. Retrying from scratch after 500ms.';

test.each([
  ['connect ECONNREFUSED 127.0.0.1:1', true, 'connect ECONNREFUSED 127.0.0.1:1'],
  ['connect ETIMEDOUT', false, 'connect ETIMEDOUT'],
  ['connect ETIMEDOUT', true, 'connect ETIMEDOUT; does the server speak TLS?'],
  ['write ECONNRESET', true, 'write ECONNRESET'],
  [
    'write ECONNRESET',
    false,
    'write ECONNRESET; if it is a Redis server that speaks TLS, the URL begins with rediss://, else correct host and port',
  ],
  [
    'Unknown RESP type 60 "<". Please report this.',
    false,
    'Unknown RESP type 60 "<". Please report this.; what answers is no Redis server: correct host and port',
  ],
  [retrying, false, 'no Sentinel named the master: none answered'],
  [`${retrying} Last error: Connection is closed.`, false, 'no Sentinel named the master: Connection is closed.'],
  [
    `${retrying} Last error: Command timed out`,
    true,
    'no Sentinel named the master: Command timed out; do the Sentinels speak TLS?',
  ],
  [
    `${retrying} Last error: ERR No such master with that name`,
    false,
    'the Sentinels know no master of that name (ERR No such master with that name)',
  ],
])('%j, TLS: %s', (message, tls, expected) => {
  expect(connectionTrouble(message, tls)).toBe(expected);
});
