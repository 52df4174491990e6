import { isPersistError, type PersistDriver, type Version } from '@sandkeep/persist-api';
import { expect } from 'vitest';
import { eventually } from '../services/eventually.js';

interface Writer {
  readonly key: string;
  /** The number and version of the latest write that was acknowledged. */
  acknowledged: number;
  version: Version | undefined;
  /** The number of the latest write that was tried. */
  tried: number;
}

/**
 * Writers that each count up in a document of their own, by conditional writes. After a failure a writer
 * reads what is there and goes on from that.
 */
export class Traffic {
  readonly #driver: PersistDriver;
  readonly #writers: Writer[];
  readonly #running: Promise<void>[];
  readonly #failures: unknown[] = [];
  readonly #contradictions: string[] = [];
  #acknowledged = 0;
  #stopped = false;

  constructor(driver: PersistDriver, writers: number) {
    this.#driver = driver;
    this.#writers = Array.from({ length: writers }, (_, n) => ({
      key: `traffic/${n}`,
      acknowledged: 0,
      version: undefined,
      tried: 0,
    }));
    this.#running = this.#writers.map((writer) => this.#run(writer));
  }

  /** Waits until so many more writes were acknowledged. */
  async progress(writes: number): Promise<void> {
    const goal = this.#acknowledged + writes;
    await eventually(`${writes} more writes`, () => this.#acknowledged >= goal, 60_000);
  }

  /** Ends the traffic. @returns the errors that there were */
  async stop(): Promise<unknown[]> {
    this.#stopped = true;
    await Promise.all(this.#running);
    return this.#failures;
  }

  /** Checks that nothing that was acknowledged is lost, and nothing there that nobody wrote. */
  async verify(driver: PersistDriver): Promise<void> {
    expect(this.#contradictions).toEqual([]);
    for (const { key, acknowledged, tried } of this.#writers) {
      const found = numberOf((await driver.read(key))?.data);
      expect(found, `${key}: acknowledged`).toBeGreaterThanOrEqual(acknowledged);
      expect(found, `${key}: tried`).toBeLessThanOrEqual(tried);
    }
  }

  async #run(writer: Writer): Promise<void> {
    while (!this.#stopped) {
      writer.tried += 1;
      try {
        const data = Buffer.from(`${writer.tried} ${'x'.repeat(500)}`);
        writer.version = await this.#driver.write(writer.key, data, { expect: writer.version ?? 'absent' });
        writer.acknowledged = writer.tried;
        this.#acknowledged += 1;
      } catch (error) {
        this.#failures.push(error);
        if (isPersistError(error, 'CONFLICT')) this.#contradictions.push(`${writer.key}: ${error.message}`);
        await this.#lookAgain(writer);
      }
    }
  }

  async #lookAgain(writer: Writer): Promise<void> {
    while (!this.#stopped) {
      try {
        const found = await this.#driver.read(writer.key);
        const number = numberOf(found?.data);
        if (number < writer.acknowledged) {
          this.#contradictions.push(`${writer.key}: ${writer.acknowledged} was acknowledged, ${number} is there`);
        }
        writer.version = found?.version;
        writer.tried = number;
        writer.acknowledged = number;
        return;
      } catch (error) {
        this.#failures.push(error);
      }
    }
  }
}

function numberOf(data: Uint8Array | undefined): number {
  return data === undefined ? 0 : Number.parseInt(Buffer.from(data.subarray(0, 20)).toString(), 10);
}
