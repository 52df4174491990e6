import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openDriver } from '@sandkeep/persist-api';
import { expect, test } from 'vitest';
import { freePort } from '../services/free-port.js';
import { RedisServer } from '../services/redis-server.js';
import { watchedDirectory } from '../services/watched-process.js';
import { requireTool } from '../support/tools.js';

test('TLS with an authority of our own and a certificate of the client', async () => {
  requireTool('openssl', 'openssl');
  const directory = watchedDirectory();
  const certFile = join(directory, 'cert.pem');
  const keyFile = join(directory, 'key.pem');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const output = ['-keyout', keyFile, '-out', certFile, '-days', '1'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...output], {
    stdio: 'ignore',
  });
  const tlsPort = await freePort();
  const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile];
  const server = await RedisServer.start({ args: ['--tls-port', String(tlsPort), ...files] });
  const url = `rediss://localhost:${tlsPort}?commandTimeoutMs=2000`;
  const query = new URLSearchParams({ caFile: certFile, certFile, keyFile });

  await using driver = await openDriver(`${url}&${query}`);
  await driver.write('a', Buffer.from('x'));
  expect(await driver.read('a')).toBeDefined();

  await expect(openDriver(url)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('certificate'),
  });
  await expect(openDriver(`rediss://localhost:${server.port}?commandTimeoutMs=1000`)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('does the server speak TLS?'),
  });
  await server.kill();
});
