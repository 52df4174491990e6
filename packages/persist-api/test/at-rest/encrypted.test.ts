import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type EncryptionKey, encrypted } from '../../src/at-rest/index.js';
import {
  driverChannel,
  isPersistError,
  MemoryStorage,
  memoryDriver,
  type PersistDriver,
  SandboxStore,
} from '../../src/index.js';

import { collect, testBackend } from '../driver/test-backend.js';

const [first, second] = [newKey('first'), newKey('second')];

function newKey(id: string): EncryptionKey {
  return { id, key: randomBytes(32) };
}

/** A storage, and what is in it as whoever controls the backend sees it. */
function storage() {
  const shared = new MemoryStorage();
  const bare = memoryDriver({ storage: shared });
  return {
    bare,
    open: (...keys: EncryptionKey[]) => encrypted(memoryDriver({ storage: shared }), { keys }),
    stored: async (key: string) => Buffer.from((await bare.read(key))?.data ?? []),
  };
}

async function failure(call: Promise<unknown>) {
  const error = await call.then(
    () => 'nothing was thrown',
    (thrown: unknown) => thrown,
  );
  if (!isPersistError(error)) throw error;
  return error;
}

const text = async (driver: PersistDriver, key: string) => Buffer.from((await driver.read(key))?.data ?? []).toString();

describe('what is stored', () => {
  it('holds nothing of the document, and is another each time', async () => {
    const { open, stored } = storage();
    const driver = open(first);
    const secret = 'a word that nobody else may read';
    const nonces = new Set<string>();
    for (let round = 0; round < 100; round += 1) {
      await driver.write('a', Buffer.from(secret));
      const bytes = await stored('a');
      expect(bytes.includes('nobody')).toBe(false);
      nonces.add(bytes.toString('latin1', 19, 43));
    }
    expect(nonces.size).toBe(100);
    expect(await text(driver, 'a')).toBe(secret);
  });

  it('is read in format 1 for ever', async () => {
    const { bare, open } = storage();
    const golden =
      'd3534b450103323032932edd181b77a407a68c001c0de910e2eedbf21cfe06c9bd' +
      'b2a1b0724929a28ca3496ab8ac33a97d38a1c247fbb669f6906d115ec7d8267a7c04810c8b';
    await bare.write('default/sandboxes/web', Buffer.from(golden, 'hex'));
    const driver = open({ id: '202', key: Buffer.alloc(32, 7) });
    expect(await text(driver, 'default/sandboxes/web')).toBe('{"kept":true}');
  });

  it('has the size that is documented, and no more', async () => {
    const { open, stored } = storage();
    const longest = newKey('k'.repeat(32));
    const driver = open(longest);
    await driver.write('a', Buffer.alloc(100));
    expect((await stored('a')).byteLength).toBe(100 + 86);
    expect(driver.capabilities.maxDocumentBytes).toBe(memoryDriver().capabilities.maxDocumentBytes - 86);
  });
});

describe('what somebody does to it', () => {
  it('moved to the place of another document, it is CORRUPT', async () => {
    const { bare, open, stored } = storage();
    const driver = open(first);
    await driver.write('default/sandboxes/mine', Buffer.from('mine'));
    await bare.write('default/sandboxes/yours', await stored('default/sandboxes/mine'));
    expect(await failure(driver.read('default/sandboxes/yours'))).toMatchObject({
      code: 'CORRUPT',
      driver: 'memory',
      operation: 'read',
      key: 'default/sandboxes/yours',
    });
    expect(await text(driver, 'default/sandboxes/mine')).toBe('mine');
  });

  it('changed in any byte, cut off anywhere, or longer by one, it is never read', async () => {
    const { bare, open, stored } = storage();
    const driver = open(first);
    await driver.write('a', Buffer.from('{"a":1}'));
    const whole = await stored('a');
    const refused = async (bytes: Uint8Array, what: string) => {
      await bare.write('a', bytes);
      const { code } = await failure(driver.read('a'));
      expect(['CORRUPT', 'PERMISSION_DENIED', 'FORMAT_UNSUPPORTED'], what).toContain(code);
      return code;
    };
    const head = 4 + 2 + 'first'.length + 8;
    for (const [index, byte] of whole.entries()) {
      const changed = Buffer.from(whole);
      changed[index] = byte ^ 1;
      const code = await refused(changed, `byte ${index}`);
      if (index >= head) expect(code, `byte ${index}`).toBe('CORRUPT');
    }
    for (let length = 0; length < whole.byteLength; length += 1) {
      await refused(whole.subarray(0, length), `cut to ${length}`);
    }
    expect(await refused(Buffer.concat([whole, Buffer.alloc(1)]), 'longer')).toBe('CORRUPT');
  });

  it('put under the id of another key, it is never read, though both keys be the same', async () => {
    const { bare, open, stored } = storage();
    const same = { id: 'ffrst', key: first.key };
    const driver = open(first, same);
    await driver.write('a', Buffer.from('1'));
    const bytes = await stored('a');
    bytes.write('ffrst', 6, 'latin1');
    await bare.write('a', bytes);
    expect(await failure(driver.read('a'))).toMatchObject({ code: 'CORRUPT' });
  });

  it('replaced by a document that is not encrypted, that is not taken', async () => {
    const { bare, open } = storage();
    await bare.write('a', Buffer.from('{"forged":true}'));
    await bare.write('b', new Uint8Array(0));
    for (const key of ['a', 'b']) {
      const error = await failure(open(first).read(key));
      expect(error).toMatchObject({ code: 'FORMAT_UNSUPPORTED', key });
      expect(error.message).toContain('not encrypted');
    }
  });
});

describe('keys', () => {
  it('the first writes, all read: a document changes its key when it is written', async () => {
    const { open, stored } = storage();
    const before = open(first);
    await before.write('a', Buffer.from('1'));
    await before.write('b', Buffer.from('2'));
    const after = open(second, first);
    expect([await text(after, 'a'), await text(after, 'b')]).toEqual(['1', '2']);
    await after.write('a', Buffer.from('3'));
    expect((await stored('a')).toString('latin1', 6, 12)).toBe('second');
    expect(await text(open(second), 'a')).toBe('3');
    expect(await text(open(first, second), 'a')).toBe('3');
    expect(await failure(open(second).read('b'))).toMatchObject({
      code: 'PERMISSION_DENIED',
      retryable: false,
      message: 'the document is encrypted with the key "first", which was not given (given: second) (key b)',
    });
  });

  it('another key under the id of the document is told from damage', async () => {
    const { open } = storage();
    await open(first).write('a', Buffer.from('1'));
    const error = await failure(open(newKey('first')).read('a'));
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED', message: expect.stringContaining('another key "first"') });
  });

  it('are taken as bytes, base64, base64url and hexadecimal', async () => {
    const { open } = storage();
    const bytes = Buffer.alloc(32, 'fbef', 'hex');
    await open({ id: 'k', key: new Uint8Array(bytes) }).write('a', Buffer.from('1'));
    for (const key of [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')]) {
      expect(await text(open({ id: 'k', key }), 'a')).toBe('1');
    }
  });

  it('are copied', async () => {
    const { open } = storage();
    const key = randomBytes(32);
    const same = { id: 'k', key: Buffer.from(key) };
    const driver = open({ id: 'k', key });
    key.fill(0);
    await driver.write('a', Buffer.from('1'));
    expect(await text(open(same), 'a')).toBe('1');
  });

  it.each([
    [undefined, 'keys undefined is not valid: expected an array'],
    [[], 'expected an array of one or more { id, key }'],
    [{ k: randomBytes(32) }, 'expected an array'],
    [['secret-of-mine'], 'keys[0].id is not valid'],
    [[{ id: 'a b', key: randomBytes(32) }], 'keys[0].id is not valid: expected 1 to 32'],
    [[{ id: 'k'.repeat(33), key: randomBytes(32) }], 'keys[0].id is not valid'],
    [[first, { id: 'first', key: randomBytes(32) }], 'the id "first" is given twice'],
    [[{ id: 'k', key: randomBytes(16) }], 'the key "k" has 16 bytes: expected 32 random bytes'],
    [[{ id: 'k', key: 'secret-of-mine' }], 'the key "k" has 10 bytes: expected 32 random bytes'],
    [[{ id: 'k', key: 'secret of mine' }], 'the key "k" is not valid: expected 32 random bytes'],
    [[{ id: 'k' }], 'the key "k" is not valid: expected 32 random bytes'],
  ])('%j is refused', (keys, message) => {
    const opening = () => encrypted(memoryDriver(), { keys } as never);
    expect(opening).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(opening).toThrow(message);
    expect(opening).not.toThrow(/secret/);
  });

  it('and a driver that is none', () => {
    expect(() => encrypted({} as never, { keys: [first] })).toThrow(/driver of type object is not valid/);
    expect(() => encrypted(memoryDriver(), undefined as never)).toThrow(/keys undefined/);
  });

  it('show nowhere', async () => {
    const { bare, open } = storage();
    const key = randomBytes(32);
    const driver = open({ id: 'k', key });
    await bare.write('a', Buffer.from('plain'));
    const shown = [driver, await driver.health(), await failure(driver.read('a'))].flatMap((value) => [
      inspect(value, { depth: 20, showHidden: true, getters: true }),
      JSON.stringify(value),
    ]);
    const forms = [key.toString('hex'), key.toString('base64'), key.toString('base64url'), key.join(',')];
    for (const form of [...forms, inspect(key).slice(8, 30)]) expect(shown.join('\n')).not.toContain(form);
    expect(await driver.health()).toMatchObject({ facts: { encryption: 'XAES-256-GCM, key k', durability: 'none' } });
  });
});

it('a store that was opened without keys says so', async () => {
  const { bare, open } = storage();
  await new SandboxStore(open(first)).save('web', { sandbox: { state: 'ready' }, containers: new Map() });
  expect(await failure(new SandboxStore(bare).load('web'))).toMatchObject({
    code: 'PERMISSION_DENIED',
    message: expect.stringContaining('encrypt=true'),
  });
});

it('closing it closes the driver inside', async () => {
  const inner = memoryDriver();
  const driver = encrypted(inner, { keys: [first] });
  await driver.close();
  expect(await failure(inner.read('a'))).toMatchObject({ code: 'CLOSED' });
});

it('changes and checks are those of the driver inside', async () => {
  const { backend, driver: inner } = testBackend();
  const driver = encrypted(inner, { keys: [first] });
  expect(driver.capabilities).toMatchObject({ shared: false, watch: true });
  if (driver.watch === undefined || driver.check === undefined) throw new Error('it has neither');
  expect(await collect(driver.watch('a/b'))).toEqual([{ key: 'a', type: 'written', version: 'v1' }]);
  expect(backend.watch).toHaveBeenCalledWith('a/b/', expect.anything());
  expect(await collect(driver.check({ repair: true }))).toMatchObject([{ kind: 'left-over' }]);
  expect(backend.check).toHaveBeenCalledWith(expect.objectContaining({ repair: true }));
  expect(encrypted(memoryDriver(), { keys: [first] }).check).toBeUndefined();
});

it('a call is traced once, by the driver inside', async () => {
  const { open } = storage();
  const driver = open(first);
  const seen: [string, number | undefined][] = [];
  const subscriber = {
    asyncEnd: ({ operation, bytes }: { operation: string; bytes?: number }) => seen.push([operation, bytes]),
  };
  driverChannel.subscribe(subscriber as never);
  try {
    await driver.write('a', Buffer.from('1'));
    for await (const _ of driver.list(''));
  } finally {
    driverChannel.unsubscribe(subscriber as never);
  }
  expect(seen).toEqual([
    ['write', 1 + 59],
    ['list', undefined],
  ]);
});
