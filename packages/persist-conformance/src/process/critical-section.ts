import { readFile, rm, writeFile } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';

/**
 * Work that goes wrong when two do it at once: it reads the number in a file, lets others run, and
 * writes the next number. While somebody is inside there is a second file, so that a meeting is seen.
 */
export class CriticalSection {
  /** How often somebody else was inside already. */
  overlaps = 0;
  readonly #counterFile: string;

  constructor(counterFile: string) {
    this.#counterFile = counterFile;
  }

  /** Makes the counter. */
  async start(): Promise<void> {
    await writeFile(this.#counterFile, '0');
  }

  async count(): Promise<number> {
    return Number(await readFile(this.#counterFile, 'utf8'));
  }

  async enter(): Promise<void> {
    const occupied = `${this.#counterFile}.occupied`;
    try {
      await writeFile(occupied, '', { flag: 'wx' });
    } catch {
      this.overlaps += 1;
    }
    const count = await this.count();
    await turn();
    await writeFile(this.#counterFile, `${count + 1}`);
    await rm(occupied, { force: true });
  }
}
