import { decodeDocument, encodeHeader } from '@sandkeep/persist-api';
import { describe, expect, test } from 'vitest';
import { newAttemptId } from '../src/attempt-id.js';
import { contentOf, encodeDocument, encodeMark, encodeTombstone, hasTombstoneSize } from '../src/object-body.js';

const attempt = newAttemptId();
const document = encodeDocument(attempt, Buffer.from('content'));

test('a document is as on disk, and never the same twice', () => {
  expect(decodeDocument(document).data).toEqual(Buffer.from('content'));
  expect(contentOf(document)).toEqual({ kind: 'document', attempt });
  expect(encodeDocument(newAttemptId(), Buffer.from('content'))).not.toEqual(document);
});

test('a tombstone and a mark are what they are', () => {
  expect(contentOf(encodeTombstone(attempt))).toEqual({ kind: 'removed', attempt });
  expect(contentOf(encodeMark(attempt, 1_800_000_000))).toEqual({ kind: 'sweeping', attempt, until: 1_800_000_000 });
  expect(hasTombstoneSize(encodeTombstone(attempt).byteLength)).toBe(true);
  expect(hasTombstoneSize(encodeMark(attempt, 1_800_000_000).byteLength)).toBe(true);
});

describe('what is damaged is a document, and no tombstone', () => {
  const smallest = encodeHeader(attempt, new Uint8Array());

  test.each([
    ['empty', Buffer.alloc(0)],
    ['zeroed', Buffer.alloc(document.byteLength)],
    ['zeroed, as large as a tombstone', Buffer.alloc(encodeTombstone(attempt).byteLength)],
    [
      'a tombstone with one bit flipped',
      Buffer.from(encodeTombstone(attempt).map((byte, n) => (n === 3 ? byte ^ 1 : byte))),
    ],
    ['half of the smallest document', smallest.subarray(0, smallest.byteLength >> 1)],
  ])('%s', (_, bytes) => {
    expect(contentOf(bytes)).toEqual({ kind: 'document', attempt: undefined });
  });

  test('not even half of the smallest document has the size of a tombstone', () => {
    for (let size = smallest.byteLength >> 1; size <= smallest.byteLength; size += 1) {
      expect(hasTombstoneSize(size)).toBe(false);
    }
    expect(hasTombstoneSize(0)).toBe(false);
  });
});
