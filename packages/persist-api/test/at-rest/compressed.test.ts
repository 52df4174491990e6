import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressed, encrypted } from '../../src/at-rest/index.js';
import { MemoryStorage, memoryDriver, type PersistDriver, type PersistError, SandboxStore } from '../../src/index.js';

const repetitive = (bytes: number) => Buffer.alloc(bytes, '{"annotation":"value"},');

async function read(driver: PersistDriver, key: string): Promise<Buffer> {
  const document = await driver.read(key);
  if (document === undefined) throw new Error(`there is no ${key}`);
  return Buffer.from(document.data);
}

function storage() {
  const shared = new MemoryStorage();
  const bare = memoryDriver({ storage: shared });
  return {
    bare,
    driver: compressed(memoryDriver({ storage: shared })),
    stored: (key: string) => read(bare, key),
  };
}

/** A document of format 1 that says that it is `length` bytes long. */
function packed(length: number, content: Uint8Array, { format = 1, method = 1 } = {}): Buffer {
  const head = Buffer.from([0xd3, 0x53, 0x4b, 0x5a, format, method, 0, 0, 0, 0, 0, 0]);
  head.writeUIntBE(length, 6, 6);
  return Buffer.concat([head, content]);
}

it.each([127, 128, 64 * 1024, 64 * 1024 + 1, 3 * 1024 * 1024])(
  '%i repetitive bytes come back, smaller',
  async (bytes) => {
    const { driver, stored } = storage();
    await driver.write('a', repetitive(bytes));
    expect((await read(driver, 'a')).equals(repetitive(bytes))).toBe(true);
    const size = (await stored('a')).byteLength;
    if (bytes < 128) expect(size).toBe(bytes + 12);
    else expect(size).toBeLessThan(bytes);
  },
);

it.each([0, 1, 200, 100_000])('%i random bytes come back, longer by 12 at most', async (bytes) => {
  const { driver, stored } = storage();
  const data = randomBytes(bytes);
  await driver.write('a', data);
  expect((await read(driver, 'a')).equals(data)).toBe(true);
  expect((await stored('a')).byteLength).toBeLessThanOrEqual(bytes + 12);
});

it('what the caller changes after the call is not stored', async () => {
  const { driver } = storage();
  const data = repetitive(1024 * 1024);
  const writing = driver.write('a', data);
  data.fill(0);
  await writing;
  expect((await read(driver, 'a')).equals(repetitive(1024 * 1024))).toBe(true);
});

it('documents from before are read as they are, and compressed when they are written', async () => {
  const { bare, driver, stored } = storage();
  await bare.write('a', repetitive(4000));
  await bare.write('empty', new Uint8Array(0));
  expect((await read(driver, 'a')).equals(repetitive(4000))).toBe(true);
  expect((await read(driver, 'empty')).byteLength).toBe(0);
  await driver.write('a', repetitive(4000));
  expect((await stored('a')).byteLength).toBeLessThan(400);
});

it('a document that looks like a compressed one comes back as it is', async () => {
  const { driver, stored } = storage();
  await driver.write('a', repetitive(1000));
  const nested = await stored('a');
  await driver.write('b', nested);
  expect((await read(driver, 'b')).equals(nested)).toBe(true);
});

it('is read in format 1 for ever', async () => {
  const { bare, driver } = storage();
  const golden = 'd3534b5a010100000000009c7801ab56ca4e2d2851b22a292a4dadad1e5c1c0005163af9';
  await bare.write('a', Buffer.from(golden, 'hex'));
  expect((await read(driver, 'a')).equals(Buffer.from('{"kept":true}'.repeat(12)))).toBe(true);
});

describe('what is damaged', () => {
  const data = repetitive(5000);
  const zlib = deflateSync(data);
  const flipped = Buffer.from(zlib);
  flipped[zlib.byteLength - 1] = (flipped.at(-1) ?? 0) ^ 1;
  it.each<[string, Buffer, string]>([
    ['a header that is cut off', packed(5000, zlib).subarray(0, 11), 'CORRUPT'],
    ['a stream that is cut off', packed(5000, zlib.subarray(0, -1)), 'CORRUPT'],
    ['a wrong checksum', packed(5000, flipped), 'CORRUPT'],
    ['no stream', packed(5000, Buffer.from('text')), 'CORRUPT'],
    ['a length that is too small', packed(4999, zlib), 'CORRUPT'],
    ['a length that is too large', packed(5001, zlib), 'CORRUPT'],
    ['a wrong length of what is not compressed', packed(7, Buffer.from('text'), { method: 0 }), 'CORRUPT'],
    ['another format', packed(5000, zlib, { format: 2 }), 'FORMAT_UNSUPPORTED'],
    ['another method', packed(5000, zlib, { method: 2 }), 'FORMAT_UNSUPPORTED'],
  ])('%s', async (_, stored, code) => {
    const { bare, driver } = storage();
    await bare.write('a', stored);
    await expect(driver.read('a')).rejects.toMatchObject({ code, key: 'a', operation: 'read', driver: 'memory' });
  });

  it('a decompression bomb is refused by what it claims, and ended where it lies', async () => {
    const { bare, driver } = storage();
    const limit = driver.capabilities.maxDocumentBytes;
    const bomb = deflateSync(Buffer.alloc(limit + 1));
    const refusal = () =>
      driver.read('a').then(
        () => 'it was read',
        ({ code, message }: PersistError) => `${code}: ${message}`,
      );
    await bare.write('a', packed(limit + 1, bomb));
    expect(await refusal()).toMatch(new RegExp(`^CORRUPT: .* claims to have ${limit + 1} bytes, of ${limit} at most`));
    await bare.write('a', packed(1000, bomb));
    expect(await refusal()).toMatch(/^CORRUPT: .* cannot be decompressed: .* larger than 1000 bytes/);
  });
});

it('a store that was opened without says so', async () => {
  const { bare, driver } = storage();
  const containers = new Map([['c', { state: 'ready' as const, annotations: { a: 'b'.repeat(300) } }]]);
  await new SandboxStore(driver).save('web', { sandbox: { state: 'ready' }, containers });
  await expect(new SandboxStore(bare).load('web')).rejects.toMatchObject({
    code: 'FORMAT_UNSUPPORTED',
    message: expect.stringContaining('compress=true'),
  });
});

it('with both, what is compressed is encrypted', async () => {
  const shared = new MemoryStorage();
  const keys = [{ id: 'k', key: randomBytes(32) }];
  const inner = memoryDriver({ storage: shared });
  const driver = compressed(encrypted(inner, { keys }));
  await driver.write('a', repetitive(4000));
  expect((await inner.read('a'))?.data.byteLength).toBeLessThan(400);
  expect((await read(driver, 'a')).equals(repetitive(4000))).toBe(true);
  const decrypted = await read(encrypted(memoryDriver({ storage: shared }), { keys }), 'a');
  expect(decrypted.toString('latin1', 0, 4)).toBe('\xd3SKZ');
  expect(await driver.health()).toMatchObject({ facts: { compression: 'zlib', encryption: 'XAES-256-GCM, key k' } });
  await driver.close();
  await expect(inner.read('a')).rejects.toMatchObject({ code: 'CLOSED' });
});
