import { describe, expect, it } from 'vitest';
import { grant } from '../../src/lock/lease-queue.js';
import { decodeRecord, encodeRecord, freeRecord } from '../../src/lock/lease-record.js';

const holder = {
  id: 'a',
  mode: 'shared',
  ttlMs: 1000,
  beat: 3,
  host: 'h',
  pid: 1,
  info: 'ünïcode "quoted"',
  since: '2026-01-01T00:00:00.000Z',
} as const;
const record = grant(
  { ...freeRecord, waiters: [{ id: 'b', mode: 'exclusive', ttlMs: 500, beat: 1, process: 'p' }] },
  holder,
  7,
);

const decode = (text: string) => decodeRecord('the/lock', Buffer.from(text));

describe('a lock record', () => {
  it('is decoded as it was encoded', () => {
    expect(decodeRecord('the/lock', encodeRecord(record))).toEqual(record);
    expect(decodeRecord('the/lock', encodeRecord(freeRecord))).toEqual(freeRecord);
  });

  const whole = JSON.stringify(record);
  it.each([
    ['is empty', ''],
    ['is cut off', whole.slice(0, -1)],
    ['is not an object', '[]'],
    ['has no format', '{"fence":1,"holders":[],"waiters":[]}'],
    ['lacks a field', '{"format":1,"fence":1,"holders":[]}'],
    ['has a field more', '{"format":1,"fence":1,"holders":[],"waiters":[],"more":1}'],
    ['has a negative fence', '{"format":1,"fence":-1,"holders":[],"waiters":[]}'],
    ['has a holder without an id', whole.replace('"id":"a",', '')],
    ['has an unknown mode', whole.replace('"shared"', '"other"')],
    ['has a ttl of 0', whole.replace('"ttlMs":500', '"ttlMs":0')],
  ])('that %s is CORRUPT, and the error names the lock', (_, text) => {
    expect(() => decode(text)).toThrow(
      expect.objectContaining({ code: 'CORRUPT', key: 'the/lock', message: expect.stringContaining('the/lock') }),
    );
  });

  it('of another format is FORMAT_UNSUPPORTED', () => {
    expect(() => decode('{"format":2,"anything":[]}')).toThrow(
      expect.objectContaining({ code: 'FORMAT_UNSUPPORTED', key: 'the/lock' }),
    );
  });
});
