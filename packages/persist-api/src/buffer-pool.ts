/** The largest that is kept, and how much is kept in all, in bytes. */
const largest = 1024 * 1024;
const most = 4 * 1024 * 1024;

/** By size. */
const free = new Map<number, ArrayBuffer[]>();
let kept = 0;

/**
 * Memory for a document on its way to where it is stored. To get new memory takes longer than to fill it with a
 * document; what is given back by {@link giveBuffer} is used again.
 * @returns a buffer of so many bytes, with anything in them
 */
export function takeBuffer(bytes: number): Buffer<ArrayBuffer> {
  const size = bytes > largest ? bytes : 2 ** Math.ceil(Math.log2(bytes));
  const known = free.get(size)?.pop();
  if (known === undefined) return Buffer.allocUnsafeSlow(size).subarray(0, bytes);
  kept -= size;
  return Buffer.from(known, 0, bytes);
}

/** Gives a buffer back for other calls. @param buffer one that {@link takeBuffer} gave, and that nobody looks at any more */
export function giveBuffer({ buffer }: Buffer<ArrayBuffer>): void {
  const size = buffer.byteLength;
  if (size > largest || kept + size > most) return;
  kept += size;
  const others = free.get(size);
  if (others === undefined) free.set(size, [buffer]);
  else others.push(buffer);
}
