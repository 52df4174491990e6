import { createHash } from 'node:crypto';

/** One Lua script. The server knows it by its SHA-1 once a connection has sent it in full. */
export class Script {
  readonly sha: string;
  readonly #loaded = new WeakSet<object>();

  constructor(readonly source: string) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }

  /** Whether the server behind this socket was sent the script; from now on it was. */
  load(socket: object): boolean {
    const known = this.#loaded.has(socket);
    this.#loaded.add(socket);
    return known;
  }

  /** The server behind this socket has forgotten the script. */
  forget(socket: object): void {
    this.#loaded.delete(socket);
  }
}
