import { open, type RootDatabase } from 'lmdb';

/** LMDB itself, with conditional puts: each on the condition of the version that the last one made. */
export class BareLmdb implements AsyncDisposable {
  readonly #database: RootDatabase<Buffer, Uint8Array>;
  readonly #versions = new Map<string, number>();

  constructor(path: string) {
    const layout = { encoding: 'binary', keyEncoding: 'binary', useVersions: true, noSubdir: false } as const;
    this.#database = open({ path, ...layout, overlappingSync: false });
  }

  async put(name: string, data: Buffer): Promise<void> {
    const version = this.#versions.get(name);
    const next = (version ?? 0) + 1;
    if (!(await this.#database.put(Buffer.from(name), data, next, version))) {
      throw new Error(`${name} is not version ${version}`);
    }
    this.#versions.set(name, next);
  }

  get(name: string): string {
    return String(this.#database.getBinary(Buffer.from(name)));
  }

  find(name: string): string | undefined {
    return this.#database.getBinary(Buffer.from(name))?.toString();
  }

  async remove(name: string): Promise<void> {
    await this.#database.remove(Buffer.from(name), this.#versions.get(name) ?? 0);
    this.#versions.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database.close();
  }
}
