import { type FileHandle, open } from 'node:fs/promises';
import { isPersistError, PersistError } from '@sandkeep/persist-api';
import { type ArchivedDocument, type ArchiveFacts, readArchive } from './read-archive.js';

/** A backup that is open for reading, so that what is checked is what is restored. */
export class ArchiveFile {
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** @throws `NOT_FOUND`, `PERMISSION_DENIED`, `INVALID_ARGUMENT` */
  static async open(path: string): Promise<ArchiveFile> {
    let file: FileHandle;
    try {
      file = await open(path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw new PersistError('NOT_FOUND', `there is no file ${path}`);
      if (code === 'EACCES') throw new PersistError('PERMISSION_DENIED', `${path} may not be read`);
      throw new PersistError('INVALID_ARGUMENT', `${path} cannot be opened: ${message}`);
    }
    if (!(await file.stat()).isDirectory()) return new ArchiveFile(path, file);
    await file.close();
    throw new PersistError('INVALID_ARGUMENT', `${path} is a directory: expected the file of a backup`);
  }

  /** Reads it all, and keeps nothing. @throws as {@link readArchive}, naming the file */
  async check(signal: AbortSignal, onEntry: (key: string) => void): Promise<ArchiveFacts> {
    try {
      const documents = readArchive(this.#file, signal);
      for (;;) {
        const step = await documents.next();
        if (step.done) return step.value;
        onEntry(step.value.key);
      }
    } catch (error) {
      throw this.#named(error);
    }
  }

  /**
   * The documents as they were last, each once.
   * @param facts what {@link check} has found
   */
  async *documents(facts: ArchiveFacts, signal: AbortSignal): AsyncGenerator<ArchivedDocument, void, undefined> {
    const removed = new Set(facts.removed);
    const replaced = new Set(facts.replaced);
    try {
      for await (const document of readArchive(this.#file, signal)) {
        // The first of two entries does not hold.
        if (!replaced.delete(document.key) && !removed.has(document.key)) yield document;
      }
    } catch (error) {
      throw this.#named(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  #named(error: unknown): unknown {
    if (!isPersistError(error)) return error;
    return new PersistError(error.code, `${this.#path} cannot be restored: ${error.message}`, { cause: error });
  }
}
