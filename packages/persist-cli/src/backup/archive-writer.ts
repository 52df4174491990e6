import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { DocumentSink, Placement } from '@sandkeep/persist-api';
import tar from 'tar-stream';
import { type ArchiveStart, archiveVersion, digestPrefix, endName, startName } from './archive-format.js';
import { archivePath } from './archive-path.js';
import { RunningDigest, sha256 } from './running-digest.js';

/** Takes the bytes of an archive as they come. */
export type ArchiveOutput = (chunks: AsyncIterable<Uint8Array>) => Promise<void>;

/** Writes a backup, document by document. It is whole only once {@link end} has resolved. */
export class ArchiveWriter implements DocumentSink {
  readonly #pack = tar.pack();
  readonly #written: Promise<void>;
  readonly #digest = new RunningDigest();
  readonly #mtime: Date;
  readonly #replaced: string[] = [];
  readonly #removed: string[] = [];
  #entries = 0;

  private constructor(output: ArchiveOutput, mtime: Date) {
    this.#mtime = mtime;
    this.#written = this.#write(output);
    this.#written.catch(() => {}); // whatever waits for an entry rejects with it
  }

  static async begin(output: ArchiveOutput, start: Omit<ArchiveStart, 'format' | 'version'>): Promise<ArchiveWriter> {
    const writer = new ArchiveWriter(output, new Date(start.createdAt));
    await writer.#addJson(startName, { format: 'sandkeep-backup', version: archiveVersion, ...start });
    return writer;
  }

  async put(key: string, data: Uint8Array, earlier: string | undefined): Promise<Placement> {
    const version = sha256(data);
    if (version === earlier) return { outcome: 'unchanged', version };
    if (earlier !== undefined) this.#replaced.push(key);
    this.#entries += 1;
    await this.#add(archivePath(key), data, version);
    return { outcome: earlier === undefined ? 'written' : 'replaced', version };
  }

  async takeBack(key: string): Promise<Placement> {
    this.#removed.push(key);
    return { outcome: 'removed' };
  }

  /** Resolves when the output has taken everything. @param missing the keys that could not be read */
  async end(missing: readonly string[]): Promise<void> {
    const [entries, replaced, removed] = [this.#entries, this.#replaced, this.#removed];
    await this.#addJson(endName, { entries, sha256: this.#digest.value(), replaced, removed, missing });
    this.#pack.finalize();
    await this.#written;
  }

  /** Ends the output, which is then no backup. */
  async discard(): Promise<void> {
    this.#pack.destroy();
    await this.#written.catch(() => {});
  }

  async #write(output: ArchiveOutput): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    const take = async (chunks: AsyncIterable<Uint8Array>) => {
      await output(chunks).catch((error) => {
        failure = { error };
        throw error;
      });
    };
    await pipeline(this.#pack, createGzip(), take).catch((error) => {
      throw failure === undefined ? error : failure.error; // the streams abort each other before they tell why
    });
  }

  #addJson(path: string, value: unknown): Promise<void> {
    const data = Buffer.from(`${JSON.stringify(value)}\n`);
    return this.#add(path, data, path === endName ? undefined : sha256(data));
  }

  async #add(name: string, data: Uint8Array, digest: string | undefined): Promise<void> {
    if (digest !== undefined) this.#digest.add(name, digest);
    const pax = digest === undefined ? {} : { pax: { comment: `${digestPrefix}${digest}` } };
    try {
      await new Promise<void>((resolve, reject) => {
        const header = { name, mode: 0o600, mtime: this.#mtime, ...pax };
        const entry = this.#pack.entry(header, data, (error) => (error ? reject(error) : resolve()));
        entry.on('error', reject);
      });
    } catch (error) {
      await this.#written; // it tells why
      throw error;
    }
  }
}
