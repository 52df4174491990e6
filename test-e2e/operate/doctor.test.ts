import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDriver } from '@sandkeep/persist-api';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../services/eventually.js';
import { FaultProxy } from '../services/fault-proxy.js';
import { freePort } from '../services/free-port.js';
import { RedisServer } from '../services/redis-server.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { watchedDirectory } from '../services/watched-process.js';
import { mountSmall } from '../support/small-file-system.js';
import { toArray } from '../support/to-array.js';
import { requireTool } from '../support/tools.js';
import { command, ended, s3Url, startCommand } from './command.js';

const redis = await RedisServer.start({ persistence: 'always' });
const client = redis.client();
const proxy = await FaultProxy.start(redis.port);
const s3 = await ScriptedS3Server.start();
afterAll(async () => {
  client.disconnect();
  await proxy.close();
  await Promise.all([redis.kill(), s3.close()]);
});

const doctor = (url: string, ...more: string[]) => command('doctor', '--url', url, ...more);
/** The port of a server that is no Redis server. */
const listening = async (answer: (socket: Socket) => void): Promise<number> => {
  const server = createServer((socket) => answer(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
const notSlow = (risk: string) => !risk.startsWith('An answer took');
const fast = (url: string) => `${url}?commandTimeoutMs=1500`;

test('redis: a server that promises everything is fine', async () => {
  const { code, stdout } = await doctor(redis.url, '--json');
  expect([0, 5]).toContain(code); // 5: this machine was slow
  const { facts, risks, driver } = JSON.parse(stdout);
  expect({ driver, risks: risks.filter(notSlow) }).toEqual({ driver: 'redis', risks: [] });
  expect(facts).toMatchObject({ persistence: 'append-only file, fsync always', evictionPolicy: 'noeviction' });
  expect(Math.abs(facts.clockDifferenceMs)).toBeLessThan(5_000);
});

test('redis: each right that a user lacks is named', async () => {
  await client.call('ACL', 'SETUSER', 'reader', 'on', '>of-the-reader', '~{sandkeep*', '+@read', '+@connection');
  await client.call('ACL', 'SETUSER', 'reader', '+eval', '+evalsha', '+time', '+info');
  const { code, stdout, stderr } = await doctor(`redis://reader:of-the-reader@127.0.0.1:${redis.port}`);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'sandkeep: the store does not work: write refused, lock refused\n',
  });
  expect(stdout).not.toContain('of-the-reader');
  expect(stdout).toMatch(/^write +refused .*\nread +ok .*\nlist +ok .*\nlock +refused .*\nremove +not tried /m);
  expect(stdout).toMatch(/^write refused: the user may not do this.*\n {2}Grant it to the user: ACL SETUSER/m);
});

test('redis: what the advice grants is enough', async () => {
  const rights = ['+@read', '+@write', '+@scripting', '+@connection', '+@pubsub', '+info', '+time'];
  await client.call('ACL', 'SETUSER', 'worker', 'on', '>of-the-worker', '~{sandkeep*', '&{sandkeep*', ...rights);
  const url = `redis://worker:of-the-worker@127.0.0.1:${redis.port}`;
  expect((await doctor(url)).stdout.match(/ ok /g)).toHaveLength(5);
  await using driver = await openDriver(url);
  const held = await driver.lock('a');
  const waiting = driver.lock('a');
  await held.release();
  await (await waiting).release();
  expect(await toArray((driver.check as NonNullable<typeof driver.check>)())).toEqual([]);
});

test('redis: what cannot be opened is told, with what to do', async () => {
  const closed = await freePort();
  const answering = await listening((socket) =>
    socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')),
  );
  const closing = await listening((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const wrong: [string, string | RegExp][] = [
    [`redis://127.0.0.1:${closed}`, 'Nothing listens there: start the server'],
    [`redis://127.0.0.1:${answering}`, 'what answers is no Redis server'],
    [`redis://127.0.0.1:${closing}`, 'else correct host and port'],
    [`redis://nobody:of-nobody@127.0.0.1:${redis.port}`, 'the server refuses the user name and password'],
    [`rediss://127.0.0.1:${redis.port}`, 'does the server speak TLS?'],
  ];
  for (const [url, told] of wrong) {
    const { code, stdout, stderr } = await doctor(fast(url));
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(told) });
    expect(stderr).not.toMatch(/of-nobody|\n +at /);
  }
  proxy.silent = true;
  expect(await doctor(fast(proxy.url))).toMatchObject({ code: 1, stderr: expect.stringContaining('is it alive?') });
  proxy.silent = false;
});

test('redis: a server that asks for a password, or for TLS, says so', async () => {
  requireTool('openssl', 'openssl');
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(watchedDirectory(), name)) as [string, string];
  const output = ['-keyout', key, '-out', cert, '-days', '1', '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...output], { stdio: 'ignore' });
  const tlsPort = await freePort();
  const tls = ['--tls-port', `${tlsPort}`, '--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
  const args = ['--requirepass', 'sesame', ...tls];
  const server = await RedisServer.start({ args, client: { password: 'sesame' } });
  expect(await doctor(server.url)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Name user and password'),
  });
  expect(await doctor(fast(`redis://127.0.0.1:${tlsPort}`))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the URL begins with rediss://'),
  });
  await server.kill();
});

test('redis: a server that is full, and persists nothing, is named for both', async () => {
  await client.config('SET', 'maxmemory', '1mb');
  await client.config('SET', 'appendonly', 'no');
  const { code, stdout } = await doctor(redis.url);
  await client.config('SET', 'maxmemory', '0');
  await client.config('SET', 'appendonly', 'yes');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^write failed: the server has no memory left.*\n {2}Raise maxmemory/m);
  expect(stdout).toMatch(/^at risk: The server persists nothing: .*Set appendonly to yes\.$/m);
});

test('at Ctrl-C nothing is left', async () => {
  await using driver = await openDriver(redis.url);
  proxy.delayMs = 60; // so that it is at work long enough
  const child = startCommand(['doctor', '--url', proxy.url]);
  const end = ended(child);
  await eventually(
    'the document of the doctor',
    async () => (await toArray(driver.list('sandkeep-doctor'))).length === 1,
  );
  child.kill('SIGINT');
  expect(await end).toMatchObject({ code: 130, stdout: '' });
  proxy.delayMs = 0;
  expect(await toArray(driver.list(''))).toEqual([]);
  expect(await toArray(driver.inspectLocks())).toEqual([]);
});

test('s3: what the server honours, and where its clock is', async () => {
  const sound = JSON.parse((await doctor(s3Url(s3, s3.bucket), '--json')).stdout);
  expect(sound.risks.filter(notSlow)).toEqual([]);
  expect(sound.facts).toMatchObject({ conditions: 'of PUT and DELETE', versioned: false });
  expect(Math.abs(sound.facts.clockDifferenceMs)).toBeLessThan(30_000);
  const odd = await ScriptedS3Server.start({ conditionalDelete: false, versioned: true });
  odd.model.clockOffsetMs = 400_000;
  const { code, stdout } = await doctor(s3Url(odd, odd.bucket), '--json');
  const { facts, risks } = JSON.parse(stdout);
  expect({ code, facts }).toMatchObject({ code: 5, facts: { conditions: 'of PUT', versioned: true } });
  expect(Math.abs(facts.clockDifferenceMs - 400_000)).toBeLessThan(30_000);
  expect(risks.join('\n')).toMatch(/every version.*lifecycle rule[^]*clock differs .* NTP/);
  await odd.close();
});

test('s3: a bucket that ignores conditions, a wrong key and a missing bucket are told', async () => {
  s3.script = (request) => {
    for (const header of ['if-match', 'if-none-match']) delete request.headers[header];
    return undefined;
  };
  expect(await doctor(s3Url(s3, s3.bucket))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/ignores If-None-Match.*documents would not be safe/),
  });
  const refuse = (status: number, code: string) => () => ({
    status,
    headers: {},
    body: Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`),
  });
  s3.script = refuse(403, 'InvalidAccessKeyId');
  expect(await doctor(s3Url(s3, s3.bucket))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/does not know the access key/),
  });
  s3.script = refuse(404, 'NoSuchBucket');
  expect(await doctor(s3Url(s3, s3.bucket))).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/there is no bucket scripted: make it/),
  });
  s3.script = ({ method, key }) =>
    method === 'DELETE' && key.includes('/document') ? refuse(403, 'AccessDenied')() : undefined;
  const { code, stdout } = await doctor(s3Url(s3, s3.bucket));
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringMatching(/^remove refused: .*s3:DeleteObject.* is left behind/m),
  });
  s3.script = () => undefined;
});

test('fs: a full disk is told, on ext4 with a journal', async (context) => {
  const root = mountSmall('ext4', context);
  const url = pathToFileURL(join(root, 'store')).href;
  await (await openDriver(`${url}?create=true`)).close();
  execFileSync('sh', ['-c', 'cat /dev/zero > "$0" 2> /dev/null || true', join(root, 'filler')]);
  const { code, stdout } = await doctor(url);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ +journal +true$/m);
  expect(stdout).toMatch(/^write failed: .*no space left.*\n {2}Make room/m);
  expect(stdout).toMatch(/^at risk: Only \d+ bytes are free/m);
});
