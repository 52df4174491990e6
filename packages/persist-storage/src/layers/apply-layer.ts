import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isPersistError, PersistError } from '@sandkeep/persist-api';
import tar from 'tar-stream';
import { decompressorFor } from '../oci/decompressor.js';
import type { Descriptor } from '../oci/descriptor.js';
import { blobPath, openBlob, verifyDigest } from '../oci/verified-blob.js';
import { layerEntry } from './layer-entry.js';
import type { Losses } from './losses.js';
import { TreeWriter } from './tree-writer.js';

export interface LayerSource {
  /** The directory of the OCI layout. */
  readonly layout: string;
  readonly blob: Descriptor;
  /** The digest of the uncompressed archive. */
  readonly diffId: string;
  /** The most bytes that the uncompressed archive may have. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Hears how many more bytes of the blob were read; what it throws ends the extraction. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/**
 * Extracts a layer's archive onto a tree, and verifies size and digest of the blob and its diff id while
 * the bytes go by: the tree is worth something only if this resolves.
 * @param root the tree's directory
 * @throws `CORRUPT` for a blob that is cut, damaged, or not the one that was declared
 * @throws `TOO_LARGE` beyond `maxBytes`
 * @throws `INVALID_ARGUMENT` naming the entry that is refused
 */
export async function applyLayer(root: string, source: LayerSource): Promise<{ bytes: number; losses: Losses }> {
  const { layout, blob, diffId, maxBytes, signal, onBytes } = source;
  const what = `the layer ${blob.digest}`;
  const compressed = await openBlob(layout, blob);
  const archive = tar.extract();
  const writer = new TreeWriter(root);
  let bytes = 0;
  let failure: unknown;
  let listenerError: { error: unknown } | undefined;
  const extracted = (async () => {
    for await (const entry of archive) await writer.apply(layerEntry(entry.header), entry);
  })().catch((error) => {
    failure ??= error;
    compressed.destroy();
    archive.destroy();
  });
  try {
    await pipeline(
      compressed,
      verifyDigest(what, blob.digest, (count) => {
        try {
          onBytes?.(count);
        } catch (error) {
          listenerError = { error };
          throw error;
        }
      }),
      await decompressorFor(blobPath(layout, blob.digest)),
      limit(what, maxBytes),
      verifyDigest(`${what}, uncompressed,`, diffId, (count) => {
        bytes += count;
      }),
      archive,
      { signal },
    );
  } catch (error) {
    failure ??= error;
  }
  await extracted;
  if (listenerError !== undefined) throw listenerError.error;
  if (failure !== undefined) throw asCorrupt(what, failure, signal);
  writer.finish();
  return { bytes, losses: writer.losses };
}

function limit(what: string, maxBytes: number): Transform {
  let left = maxBytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      if (left >= 0) done(null, chunk);
      else done(new PersistError('TOO_LARGE', `${what} has more than ${maxBytes} bytes when uncompressed`));
    },
  });
}

/** Errors of the streams mean bad bytes; those of the system and our own stay what they are. */
function asCorrupt(what: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (isPersistError(error) || (error as NodeJS.ErrnoException).syscall !== undefined) return error;
  return new PersistError('CORRUPT', `${what} cannot be read: ${(error as Error).message}`, { cause: error });
}
