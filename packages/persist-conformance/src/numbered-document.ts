import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { type Document, isPersistError, type PersistDriver, type Version } from '@sandkeep/persist-api';
import type { Random } from './random.js';

/** From one byte to one MiB: within a page, a few pages, and more than one call of the system takes. */
const sizes = [1, 100, 5000, 100_000, 1024 * 1024];

/** One of the sizes that the cases write. @param limit the largest one, in bytes */
export function anySize(random: Random, limit: number): number {
  const allowed = sizes.filter((size) => size <= limit);
  return allowed[random.integer(allowed.length)] as number;
}

/**
 * A document that shows whether it is whole: a first line with its number and the length of its
 * filling, then the filling, all of one byte that depends on the number.
 */
export function numberedDocument(n: number, size: number): Uint8Array {
  return Buffer.concat([Buffer.from(`${n} ${size}\n`), Buffer.alloc(size, 1 + (n % 255))]);
}

/** The number of a {@link numberedDocument}; 0 if there is none. Fails the case unless it is whole. */
export function numberIn(document: Document | undefined, key: string): number {
  if (document === undefined) return 0;
  const data = Buffer.from(document.data);
  const end = data.indexOf('\n');
  const [, n, size] = /^(\d+) (\d+)$/.exec(data.toString('latin1', 0, Math.max(end, 0))) ?? [];
  const whole = n !== undefined && data.equals(numberedDocument(Number(n), Number(size)));
  assert.ok(whole, `read("${key}") must give one document whole, but gave ${describe(data)}`);
  return Number(n);
}

/**
 * Writes the next number to `key`: read, write on that version, and again from the start whenever
 * somebody else was faster.
 */
export async function advance(
  driver: PersistDriver,
  key: string,
  size: () => number,
): Promise<{ n: number; version: Version }> {
  for (;;) {
    const document = await driver.read(key);
    const n = numberIn(document, key) + 1;
    try {
      const version = await driver.write(key, numberedDocument(n, size()), { expect: document?.version ?? 'absent' });
      return { n, version };
    } catch (error) {
      if (!isPersistError(error, 'CONFLICT')) throw error;
      await turn();
    }
  }
}

function describe(data: Buffer): string {
  const runs: string[] = [];
  const line = data.subarray(0, 40).toString('latin1').split('\n', 1)[0];
  for (let at = data.indexOf('\n') + 1; at < data.length && runs.length < 4; ) {
    let end = at;
    while (end < data.length && data[end] === data[at]) end += 1;
    runs.push(`${end - at} × ${data[at]}`);
    at = end;
  }
  return `${data.length} bytes: ${JSON.stringify(line)} and then ${runs.join(', ')}`;
}
