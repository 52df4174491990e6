import { open } from 'node:fs/promises';
import { type Duplex, PassThrough, Transform } from 'node:stream';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';

/**
 * What a small piece of zstd stands for can be large: 128 KiB of equal bytes are a block of four. In
 * pieces of this size no more than 32 MiB come out at once.
 */
const zstdPieceBytes = 1024;

/**
 * A stream that decompresses a blob: gzip, zstd, or as it is. The blob's first bytes tell which; its media
 * type is not asked, since tools mislabel it. Damaged or cut input makes the stream fail.
 * @param path the blob's file
 */
export async function decompressorFor(path: string): Promise<Duplex> {
  const magic = await firstBytes(path, 4);
  if (magic.readUInt16BE(0) === 0x1f8b) return zlib.createGunzip();
  const frame = magic.readUInt32LE(0);
  const isZstd = frame === 0xfd2fb528 || (frame & 0xfffffff0) >>> 0 === 0x184d2a50;
  return isZstd ? zstdDecompressor() : new PassThrough();
}

/** Node's own from version 22.15 on, else fzstd. */
function zstdDecompressor(): Duplex {
  const native = (zlib as { createZstdDecompress?: () => Duplex }).createZstdDecompress;
  if (native !== undefined) return native();
  const decoder = new Decompress();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      decoder.ondata = (data) => this.push(data);
      try {
        for (let at = 0; at < chunk.length; at += zstdPieceBytes) decoder.push(chunk.subarray(at, at + zstdPieceBytes));
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      decoder.ondata = (data) => this.push(data);
      try {
        decoder.push(new Uint8Array(0), true);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

/** The first bytes of a file, filled up with zeros. */
async function firstBytes(path: string, count: number): Promise<Buffer> {
  await using file = await open(path);
  const bytes = Buffer.alloc(count);
  await file.read(bytes, 0, count, 0);
  return bytes;
}
