import { createHash } from 'node:crypto';

/** Where an entry of a tar archive is, its pax header included: the archive must hold it. */
function span(tar: Buffer, path: string): [number, number] {
  let at = 0;
  for (;;) {
    const start = at;
    const isPax = tar[at + 156] === 'x'.charCodeAt(0);
    let name = nameAt(tar, at);
    if (isPax) {
      const records = tar.toString('latin1', at + 512, at + 512 + sizeAt(tar, at));
      name = /path=(.*)\n/.exec(records)?.[1] ?? '';
      at += 512 + padded(sizeAt(tar, at));
    }
    at += 512 + padded(sizeAt(tar, at));
    if (name === path) return [start, at];
    if (at >= tar.length) throw new Error(`there is no entry ${path}`);
  }
}

const nameAt = (tar: Buffer, at: number) => tar.toString('latin1', at, tar.indexOf(0, at));
const sizeAt = (tar: Buffer, at: number) => Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
const padded = (size: number) => Math.ceil(size / 512) * 512;

export function entry(tar: Buffer, path: string): Buffer {
  return tar.subarray(...span(tar, path));
}

export function without(tar: Buffer, path: string): Buffer {
  const [start, end] = span(tar, path);
  return Buffer.concat([tar.subarray(0, start), tar.subarray(end)]);
}

/** The first `text` replaced by one of the same length. */
export function replaced(tar: Buffer, text: string, by: string): Buffer {
  const at = tar.indexOf(text);
  if (at < 0 || text.length !== by.length) throw new Error(`${text} cannot be replaced`);
  return Buffer.concat([tar.subarray(0, at), Buffer.from(by), tar.subarray(at + text.length)]);
}

/** The digest in the pax header of an entry, and the one that its bytes have. */
export function digests(tar: Buffer, path: string): { recorded: string; actual: string } {
  const whole = entry(tar, path);
  const recorded = /sha256:([0-9a-f]{64})/.exec(whole.toString('latin1'))?.[1] ?? '';
  const header = 512 + padded(sizeAt(whole, 0));
  const data = whole.subarray(header + 512, header + 512 + sizeAt(whole, header));
  return { recorded, actual: createHash('sha256').update(data).digest('hex') };
}
