import assert from 'node:assert/strict';
import type { Document, PersistDriver, Version } from '@sandkeep/persist-api';

/** The bytes of a text, in memory of their own. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf({ data }: Document): string {
  return new TextDecoder().decode(data);
}

/** Fails the case unless `key` holds exactly this text (and, if given, version). */
export async function assertHolds(
  driver: PersistDriver,
  key: string,
  text: string,
  when: string,
  version?: Version,
): Promise<void> {
  const document = await driver.read(key);
  assert.ok(document, `${when}: read("${key}") must give "${text}", but gave undefined`);
  assert.equal(textOf(document), text, `${when}: read("${key}") must give "${text}", but gave "${textOf(document)}"`);
  if (version !== undefined) {
    assert.equal(
      document.version,
      version,
      `${when}: read("${key}") must give version ${version}, but gave ${document.version}`,
    );
  }
}

/** Fails the case unless `key` holds nothing. */
export async function assertMissing(driver: PersistDriver, key: string, when: string): Promise<void> {
  const document = await driver.read(key);
  assert.equal(
    document,
    undefined,
    `${when}: read("${key}") must give undefined, but gave ${document?.data?.byteLength} bytes of version ${document?.version}`,
  );
}

/** Everything that an iteration yields. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

/** Writes one small document a key, some at once. */
export async function writeAll(driver: PersistDriver, keys: readonly string[]): Promise<void> {
  const pending = [...keys];
  const writer = async () => {
    for (let key = pending.pop(); key !== undefined; key = pending.pop()) await driver.write(key, bytes(key));
  };
  await Promise.all(Array.from({ length: 32 }, writer));
}
