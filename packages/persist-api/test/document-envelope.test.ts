import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeDocument, decodeHeader, encodeHeader, maxHeaderBytes } from '../src/index.js';

const encode = (version: string, data: Uint8Array) => Buffer.concat([encodeHeader(version, data), data]);
const text = (value: string) => Buffer.from(value);
const corrupt = expect.objectContaining({ name: 'PersistError', code: 'CORRUPT' });

/** A document with a header that was written by hand, and the right checksum. */
function handmade(start: string, data: Buffer) {
  const sum = crc32(data, crc32(start)).toString(16).padStart(8, '0');
  return Buffer.concat([text(`${start}${sum}"}\n`), data]);
}

describe('a document', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['nothing, without memory of its own', new Uint8Array(new ArrayBuffer(0))],
    ['NULs', Buffer.alloc(100)],
    ['every byte', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['newlines', text('\n\n{"sandkeep":1}\n')],
    ['a megabyte', Buffer.alloc(1 << 20, 'sandkeep')],
  ])('of %s is decoded as it was encoded', (_, data) => {
    const { version, data: decoded } = decodeDocument(encode('01h-Az_9', data));
    expect(version).toBe('01h-Az_9');
    expect(Buffer.compare(decoded, data)).toBe(0);
  });

  it('begins with one line of JSON', () => {
    const data = text('{"a":1}');
    const bytes = encode('v1', data);
    expect(bytes.toString()).toBe(
      `{"sandkeep":1,"version":"v1","length":7,"crc32":"${JSON.parse(bytes.toString().split('\n')[0]!).crc32}"}\n{"a":1}`,
    );
  });

  it('has a header within the limit, with the longest version and a length of 15 digits', () => {
    const header = encodeHeader('v'.repeat(128), text('x'));
    expect(header.length + '999999999999999'.length - 1).toBeLessThanOrEqual(maxHeaderBytes);
    expect(decodeDocument(encode('v'.repeat(128), text('x'))).version).toBe('v'.repeat(128));
  });
});

describe('damage', () => {
  const whole = encode('01hv3-2', text('{"state":"running"}'));

  it('truncated at every byte, it is CORRUPT', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeDocument(whole.subarray(0, length)), `${length} bytes`).toThrow(corrupt);
    }
  });

  it('every other value of every byte is CORRUPT', () => {
    for (let index = 0; index < whole.length; index++) {
      for (let change = 1; change < 256; change++) {
        const bytes = Buffer.from(whole);
        bytes[index]! ^= change;
        let found: unknown;
        try {
          found = decodeDocument(bytes);
        } catch (error) {
          found = (error as { code?: unknown }).code;
        }
        if (found !== 'CORRUPT') expect.fail(`byte ${index} changed to ${bytes[index]}: ${JSON.stringify(found)}`);
      }
    }
  });

  it.each([
    ['a byte more', Buffer.concat([whole, text(' ')])],
    ['another document behind it', Buffer.concat([whole, whole])],
    ['NULs instead of it', Buffer.alloc(whole.length)],
    ['a byte-order mark', Buffer.concat([text('\ufeff'), whole])],
    ['plain JSON', text('{"state":"running"}\n')],
    ['CRLF', Buffer.from(whole.toString().replace('\n', '\r\n'))],
    ['spaces in the header', handmade('{"sandkeep": 1,"version":"v","length":1,"crc32":"', text('x'))],
    ['an empty version', handmade('{"sandkeep":1,"version":"","length":1,"crc32":"', text('x'))],
    ['a negative length', handmade('{"sandkeep":1,"version":"v","length":-1,"crc32":"', text('x'))],
    ['a length with a leading zero', handmade('{"sandkeep":1,"version":"v","length":01,"crc32":"', text('x'))],
    ['a layout with a leading zero', handmade('{"sandkeep":01,"version":"v","length":1,"crc32":"', text('x'))],
    ['no newline within the limit', text(`{"sandkeep":1,"version":"${'v'.repeat(300)}`)],
  ])('%s is CORRUPT', (_, bytes) => {
    expect(() => decodeDocument(bytes)).toThrow(corrupt);
  });
});

describe('another layout', () => {
  const start = (layout: number) => `{"sandkeep":${layout},"version":"v","length":1,"crc32":"`;

  it.each([0, 2, 999])('%d, whole, is FORMAT_UNSUPPORTED', (layout) => {
    expect(() => decodeDocument(handmade(start(layout), text('x')))).toThrow(
      expect.objectContaining({ code: 'FORMAT_UNSUPPORTED', message: expect.stringContaining(String(layout)) }),
    );
  });

  it('with a wrong checksum is CORRUPT', () => {
    const bytes = handmade(start(2), text('x'));
    bytes[bytes.length - 1] = 0x79;
    expect(() => decodeDocument(bytes)).toThrow(corrupt);
  });
});

describe('decodeHeader', () => {
  const whole = encode('v7', Buffer.alloc(10_000, 'x'));

  it('reads the header of a document of which only the start was read', () => {
    const header = decodeHeader(whole.subarray(0, maxHeaderBytes));
    expect(header).toEqual({ version: 'v7', length: 10_000, headerBytes: whole.length - 10_000 });
  });

  it('finds a header that is cut off CORRUPT', () => {
    expect(() => decodeHeader(whole.subarray(0, 20))).toThrow(corrupt);
    expect(() => decodeHeader(Buffer.alloc(0))).toThrow(corrupt);
  });
});
