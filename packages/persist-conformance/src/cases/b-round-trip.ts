import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, assertMissing, bytes } from '../documents.js';
import { expectError } from '../expect-error.js';
import { NotVerified } from '../not-verified.js';

const mebibyte = 1024 * 1024;

export const roundTripCases: readonly ConformanceCase[] = [
  {
    id: 'B11',
    section: 'B',
    title: 'bytes come back exactly: none, NULs, every value, views, 1, 5 and 16 MiB',
    proves: 'No text conversion, line ending, padding or size limit stands between the caller and the backend.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const everyValue = Uint8Array.from({ length: 256 }, (_, value) => value);
      const samples: Record<string, Uint8Array> = {
        'no bytes': new Uint8Array(0),
        'one NUL': new Uint8Array(1),
        '4096 NULs': new Uint8Array(4096),
        'every byte value': everyValue,
        'a view of a larger buffer': new Uint8Array(everyValue.buffer, 100, 10),
        'a Buffer': Buffer.from('{"a":1}\r\n\n'),
        '1 MiB': pattern(mebibyte),
        '5 MiB': pattern(5 * mebibyte),
        '16 MiB': pattern(16 * mebibyte),
      };
      for (const [name, data] of Object.entries(samples)) {
        await driver.write('a', data);
        for (const reader of [driver, peer]) {
          const document = await reader.read('a');
          assert.ok(document, `read after a write of ${name} must not give undefined`);
          assert.ok(document.data instanceof Uint8Array, `the data of ${name} must be a Uint8Array`);
          assert.ok(
            Buffer.from(data).equals(document.data),
            `${name} (${data.byteLength} bytes) must come back exactly; ${document.data.byteLength} bytes came back`,
          );
        }
      }
    },
  },
  {
    id: 'B12',
    section: 'B',
    title: 'a document over the limit is TOO_LARGE and changes nothing',
    proves: 'What cannot be stored whole is refused before anything is touched.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const limit = driver.capabilities.maxDocumentBytes;
      assert.ok(limit >= 16 * mebibyte, `maxDocumentBytes must be at least 16 MiB, but is ${limit}`);
      if (limit >= 2 ** 31) {
        throw new NotVerified(`the limit of ${limit} bytes is more than one buffer holds`, { optional: true });
      }
      const version = await driver.write('a', bytes('small'));
      const large = new Uint8Array(limit + 1);
      await expectError(`write of ${limit + 1} bytes`, 'TOO_LARGE', () => driver.write('a', large));
      await expectError(`write of ${limit + 1} bytes`, 'TOO_LARGE', () => driver.write('b', large));
      await assertHolds(driver, 'a', 'small', 'after a write that was too large', version);
      await assertMissing(driver, 'b', 'after a write that was too large');
    },
  },
  {
    id: 'B13',
    section: 'B',
    title: 'reading what is not there gives undefined',
    proves: 'A missing document is told apart from an empty one.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      await assertMissing(driver, 'a', 'in an empty storage');
      await driver.write('a/b/c', bytes('deep'));
      await assertMissing(driver, 'a', 'with documents below it only');
      await assertMissing(driver, 'a/b', 'with documents below it only');
      await assertMissing(driver, 'a/b/c/d', 'with a document above it only');
      await driver.write('empty', new Uint8Array(0));
      const empty = await driver.read('empty');
      assert.equal(empty?.data.byteLength, 0, 'an empty document must be there, with no bytes');
    },
  },
  {
    id: 'B17',
    section: 'B',
    title: 'what read gives is a copy',
    proves: "A caller that works on what it read changes nobody else's data.",
    needs: [],
    async run(context) {
      const driver = await context.open();
      await driver.write('a', bytes('original'));
      const first = await driver.read('a');
      const second = await driver.read('a');
      first?.data.fill(0);
      assert.deepEqual(
        second?.data && Buffer.from(second.data).toString(),
        'original',
        'two reads must not share memory',
      );
      await assertHolds(driver, 'a', 'original', 'after the bytes of an earlier read were overwritten');
    },
  },
  {
    id: 'B18',
    section: 'B',
    title: 'changing the input after the call changes nothing that is stored',
    proves: 'A caller may reuse its buffer at once; a save cannot mix two states.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      for (const size of [8, mebibyte]) {
        const data = new Uint8Array(size).fill(1);
        const writing = driver.write('a', data);
        data.fill(2);
        await writing;
        data.fill(3);
        const document = await driver.read('a');
        const wrong = document?.data.findIndex((byte) => byte !== 1);
        assert.equal(
          wrong,
          -1,
          `write of ${size} bytes 1 must store them as they were at the call, but byte ${wrong} is ${document?.data[wrong ?? 0]}`,
        );
      }
    },
  },
];

/** Bytes in which no two blocks are alike. */
function pattern(size: number): Uint8Array {
  const words = new Uint32Array(size / 4);
  for (let index = 0; index < words.length; index += 1) words[index] = Math.imul(index, 0x9e3779b1);
  return new Uint8Array(words.buffer);
}
