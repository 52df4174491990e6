import { isPersistError, type PersistDriver } from '@sandkeep/persist-api';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { errorAnswer, type S3Answer, type S3Request } from '../services/s3-message.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { storageIn } from './storage.js';

const amazon = await ScriptedS3Server.start();
const ceph = await ScriptedS3Server.start({ conditionalDelete: false, etags: 'unquoted', missing: 412 });
const quoting = await ScriptedS3Server.start({ etags: 'quoted' });
const servers = [amazon, ceph, quoting];
afterAll(() => Promise.all(servers.map((server) => server.close())));
beforeEach(() => {
  for (const server of servers) server.script = () => undefined;
});

const open = (server: ScriptedS3Server) => storageIn(server.bucket, server, { commandTimeoutMs: 2_000 }).open();
const put = (driver: PersistDriver, key: string, text: string, expect?: string) =>
  driver.write(key, Buffer.from(text), { expect });
const textOf = async (driver: PersistDriver, key: string) => {
  const found = await driver.read(key);
  return found === undefined ? undefined : Buffer.from(found.data).toString();
};
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: unknown) => (isPersistError(error) ? error.code : String(error)),
  );

/** Has `answer` answer the next request of this method, and the model all others. */
function next(server: ScriptedS3Server, method: string, answer: (request: S3Request) => S3Answer | 'cut'): void {
  let done = false;
  server.script = (request) => {
    if (done || request.method !== method) return undefined;
    done = true;
    return answer(request);
  };
}

describe.each([
  ['like Amazon S3', amazon],
  ['like Ceph, which compares unquoted ETags only', ceph],
  ['that compares quoted ETags only', quoting],
])('a server %s', (_, server) => {
  test('documents are made, replaced and removed under conditions', async () => {
    await using driver = await open(server);
    const first = await put(driver, 'a', '1', 'absent');
    expect(await codeOf(put(driver, 'a', 'x', 'absent'))).toBe('CONFLICT');
    const second = await put(driver, 'a', '2', first);
    expect(await codeOf(put(driver, 'a', 'x', first))).toBe('CONFLICT');
    expect(await codeOf(driver.remove('a', { expect: first }))).toBe('CONFLICT');
    expect(await textOf(driver, 'a')).toBe('2');
    expect(await driver.remove('a', { expect: second })).toBe(true);
    expect(await codeOf(driver.remove('a', { expect: second }))).toBe('CONFLICT');
    expect(await codeOf(put(driver, 'a', 'x', second))).toBe('CONFLICT');
    expect(await driver.read('a')).toBeUndefined();
    const third = await put(driver, 'a', '1', 'absent');
    expect([first, second]).not.toContain(third);
    await driver.remove('a');
    await put(driver, 'a', '4');
    expect(await textOf(driver, 'a')).toBe('4');
    await driver.remove('a');
  });

  test('409 ConditionalRequestConflict: tried again', async () => {
    await using driver = await open(server);
    const first = await put(driver, 'b', '1');
    next(server, 'PUT', () => errorAnswer(409, 'ConditionalRequestConflict'));
    await put(driver, 'b', '2', first);
    expect(await textOf(driver, 'b')).toBe('2');
  });

  test('409 ConditionalRequestConflict: the race is lost when another was written meanwhile', async () => {
    await using driver = await open(server);
    await using other = await open(server);
    const first = await put(driver, 'c', '1');
    let raced: Promise<string> | undefined;
    server.script = async ({ method, body }) => {
      if (method !== 'PUT' || !body.includes('mine')) return undefined;
      raced ??= put(other, 'c', 'of another', first);
      await raced;
      return errorAnswer(409, 'ConditionalRequestConflict');
    };
    const outcome = put(driver, 'c', 'mine', first);
    const code = await codeOf(outcome);
    expect(['CONFLICT', 'UNAVAILABLE']).toContain(code);
    server.script = () => undefined;
    expect(await textOf(driver, 'c')).toBe('of another');
  });

  test('500 UnknownError, as Ceph tells that a race is lost: what is there decides', async () => {
    await using driver = await open(server);
    await using other = await open(server);
    const first = await put(driver, 'd', '1');
    const unknown = errorAnswer(500, 'UnknownError');
    next(server, 'PUT', () => unknown);
    const second = await put(driver, 'd', '2', first);
    next(server, 'PUT', (request) => {
      server.model.answer(request);
      return unknown;
    });
    const third = await put(driver, 'd', '3', second);
    expect((await other.read('d'))?.version).toBe(third);
    let raced: Promise<string> | undefined;
    server.script = async ({ method, body }) => {
      if (method !== 'PUT' || !body.includes('mine')) return undefined;
      raced ??= put(other, 'd', 'of another', third);
      await raced;
      return unknown;
    };
    expect(await codeOf(put(driver, 'd', 'mine', third))).toBe('CONFLICT');
  });

  test.each<[string, S3Answer | 'cut']>([
    ['got lost', 'cut'],
    ['500 InternalError', errorAnswer(500, 'InternalError')],
    ['503 ServiceUnavailable', errorAnswer(503, 'ServiceUnavailable')],
    ['the 503 of a proxy', { status: 503, headers: {}, body: Buffer.from('upstream reset before headers') }],
  ])('a change whose answer was %s meets itself as 412, and has succeeded', async (name, answer) => {
    await using driver = await open(server);
    const key = `e/${name.replaceAll(' ', '-')}`;
    const applied = (request: S3Request) => {
      server.model.answer(request);
      return answer;
    };
    next(server, 'PUT', applied);
    const first = await put(driver, key, '1', 'absent');
    expect((await driver.read(key))?.version).toBe(first);
    next(server, 'PUT', applied);
    const second = await put(driver, key, '2', first);
    expect(await driver.read(key)).toMatchObject({ version: second });
    next(server, 'PUT', applied);
    const third = await put(driver, key, '3');
    expect(await driver.read(key)).toMatchObject({ version: third });
  });

  test('a body that was damaged on its way here is not taken for the document', async () => {
    await using driver = await open(server);
    const text = 'x'.repeat(500);
    const version = await put(driver, 'f', text);
    next(server, 'GET', (request) => {
      const answer = server.model.answer(request);
      const body = Buffer.from(answer.body);
      body[400] = (body[400] ?? 0) ^ 1;
      return { ...answer, body };
    });
    const found = await driver.read('f').catch((error) => error.code);
    expect(['CORRUPT', 'UNAVAILABLE', undefined]).toContain(typeof found === 'string' ? found : undefined);
    if (typeof found === 'object') expect(Buffer.from(found.data).toString()).toBe(text);
    server.script = () => undefined;
    expect(await driver.read('f')).toMatchObject({ version });
  });

  test('400 BadDigest: the body was damaged on its way there; UNAVAILABLE, and nothing is changed', async () => {
    await using driver = await open(server);
    const version = await put(driver, 'g', '1');
    next(server, 'PUT', () => errorAnswer(400, 'BadDigest'));
    const code = await codeOf(put(driver, 'g', '2', version));
    expect(['UNAVAILABLE', 'no error']).toContain(code);
    expect(await textOf(driver, 'g')).toBe(code === 'no error' ? '2' : '1');
  });
});

test('a missing document is a conflict, whether the server says 404 or 412', async () => {
  for (const server of [amazon, ceph]) {
    await using driver = await open(server);
    const version = await put(driver, 'h', '1');
    server.model.objects.clear();
    expect(await codeOf(put(driver, 'h', '2', version))).toBe('CONFLICT');
    expect(await codeOf(driver.remove('h', { expect: version }))).toBe('CONFLICT');
    expect(server.model.objects.has('h')).toBe(false);
  }
});

test('where DELETE heeds its condition, a removal is one, and leaves nothing', async () => {
  await using driver = await open(amazon);
  amazon.model.objects.clear();
  const version = await put(driver, 'i', '1');
  amazon.requests.length = 0;
  await driver.remove('i', { expect: version });
  const [only, ...others] = amazon.requests;
  expect(others).toEqual([]);
  expect(only).toMatchObject({ method: 'DELETE', headers: { 'if-match': `"${version}"` } });
  expect([...amazon.model.objects.keys()]).toEqual([]);
});

test('where DELETE leaves nothing, a creation that was perhaps applied and removed since is not repeated', async () => {
  await using driver = await open(amazon);
  let applied: string | undefined;
  amazon.script = (request) => {
    if (request.method === 'PUT' && applied === undefined) {
      amazon.model.answer(request);
      applied = request.key;
      return errorAnswer(500, 'InternalError');
    }
    if (request.method === 'GET' && request.key === applied) amazon.model.objects.delete(applied);
    return undefined;
  };
  expect(await codeOf(put(driver, 'k', '1', 'absent'))).toBe('OUTCOME_UNKNOWN');
  expect(await driver.read('k')).toBeUndefined();
});

test('where DELETE ignores its condition, a document is never deleted', async () => {
  await using driver = await open(ceph);
  ceph.requests.length = 0;
  await driver.remove('j', { expect: await put(driver, 'j', '1') });
  await put(driver, 'j', '2');
  await driver.remove('j');
  expect(ceph.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
});

test('a versioned bucket works where the server enforces conditions on it', async () => {
  const server = await ScriptedS3Server.start({ versioned: true });
  const driver = await open(server);
  const first = await put(driver, 'a', '1', 'absent');
  const second = await put(driver, 'a', '2', first);
  expect(await codeOf(put(driver, 'a', 'x', first))).toBe('CONFLICT');
  await driver.remove('a', { expect: second });
  expect(await driver.read('a')).toBeUndefined();
  await put(driver, 'a', '3', 'absent');
  expect(await textOf(driver, 'a')).toBe('3');
  await driver.close();
  await server.close();
});

test('where DELETE finds the deleted version below its marker, a removal leaves a tombstone', async () => {
  const server = await ScriptedS3Server.start({ versioned: true });
  const deleted = new Map<string, string>();
  server.script = ({ method, key, headers }) => {
    if (method !== 'DELETE') return undefined;
    const match = headers['if-match'];
    if (match !== undefined && deleted.get(key) === match) return { status: 204, headers: {}, body: Buffer.alloc(0) };
    const current = server.model.objects.get(key);
    if (current !== undefined && current.etag === match) deleted.set(key, match);
    return undefined;
  };
  const driver = await open(server);
  const version = await put(driver, 'a', '1');
  expect(await driver.remove('a', { expect: version })).toBe(true);
  expect(await codeOf(driver.remove('a', { expect: version }))).toBe('CONFLICT');
  expect(await driver.read('a')).toBeUndefined();
  await driver.close();
  await server.close();
});
