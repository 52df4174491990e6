import { giveBuffer, takeBuffer } from '@sandkeep/persist-api';
import { encodeText, joinParts } from './resp.js';
import { ping, ServerCommand } from './server-command.js';

/** For how long a document stays staged if no script takes it, in milliseconds. */
const stagedMs = '60000';

/**
 * Puts a document under a key of its own, from where the script that is sent right behind it moves it
 * into place: what goes through Lua costs the server about a microsecond per kilobyte.
 *
 * It is sent once. Whatever becomes of it, the script finds the document there or not; a script that
 * is sent again carries the document itself.
 */
export class StagingCommand extends ServerCommand {
  readonly key: string;
  /** The document's bytes. */
  readonly document: Buffer;
  readonly #encoded: Buffer<ArrayBuffer>;

  /** @param parts the document, which is copied */
  constructor(key: string, parts: readonly Uint8Array[]) {
    super('set', [key], 'utf8');
    this.promise.catch(() => {});
    this.key = key;
    const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
    const start = `*5\r\n${encodeText('set')}${encodeText(key)}$${length}\r\n`;
    // The document is not the last argument: a server reads a large one to its end and not beyond, and
    // would run the script in another turn, with another flush of its append-only file.
    const end = `\r\n${encodeText('px')}${encodeText(stagedMs)}`;
    this.#encoded = joinParts([start, ...parts, end], takeBuffer);
    const from = this.#encoded.byteLength - end.length - length;
    this.document = this.#encoded.subarray(from, from + length);
  }

  /**
   * Nobody needs the document any more. Its memory is used again if the server has answered, and so has read it: what
   * was not answered may still be on its way.
   */
  recycle(): void {
    if (this.isResolved) giveBuffer(this.#encoded);
  }

  protected override encode(): string | Buffer {
    return this.wasSent ? ping : this.#encoded;
  }
}
