import { isUtf8 } from 'node:buffer';
import { PersistError } from '@sandkeep/persist-api';
import { parse } from 'lossless-json';

/**
 * The value of a JSON text, in which every integer is exact: one beyond ±2^53 is a bigint. Of a key that
 * an object has twice, the last value counts, as in Go. Unlike Go's, it takes nothing after the value.
 * @param source what is parsed, for the message
 * @throws `CORRUPT` that names the source and the position, in bytes
 */
export function parseGoJson(json: string | Uint8Array, source: string): unknown {
  const bytes = Buffer.from(json as Uint8Array);
  const text = bytes.toString('utf8');
  if (!isUtf8(bytes)) throw corrupt(source, 'it is not UTF-8', firstDifference(bytes, Buffer.from(text)));
  try {
    return parse(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
  } catch (error) {
    if (error instanceof RangeError) throw new PersistError('CORRUPT', `${source} is damaged: it is nested too deeply`);
    const [, problem, index] = /^(.*) at position (\d+)$/s.exec((error as Error).message) ?? [];
    if (problem === undefined) throw error;
    throw corrupt(source, problem, Buffer.byteLength(text.slice(0, Number(index))));
  }
}

function corrupt(source: string, problem: string, position: number): PersistError {
  return new PersistError('CORRUPT', `${source} is damaged: ${problem} at position ${position}`);
}

function parseNumber(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text) ? value : BigInt(text);
}

function firstDifference(a: Buffer, b: Buffer): number {
  let index = 0;
  while (a[index] === b[index]) index += 1;
  return index;
}
