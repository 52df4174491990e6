import { checkData } from '../driver/check-options.js';
import type { Document, Version } from '../driver/document.js';
import type { CallOptions, PersistDriver } from '../driver/persist-driver.js';
import { isPersistError, PersistError } from '../persist-error.js';
import { concernsOneDocument } from './concerns-one-document.js';
import type { DocumentSink, Placement } from './document-sink.js';
import { savedAtOf } from './saved-at.js';

/**
 * What to do where the target has another document:
 *
 * - `report`: leave it, as a `conflict`
 * - `skip`: leave it
 * - `overwrite`: replace it
 * - `if-newer`: replace it if it is a sandbox that was saved earlier, by the clocks of those who saved them, and
 *   leave it if it was saved later; where that cannot be told (documents that are no sandboxes), a `conflict`
 */
export type ExistingPolicy = 'report' | 'skip' | 'overwrite' | 'if-newer';

export const existingPolicies: readonly ExistingPolicy[] = ['report', 'skip', 'overwrite', 'if-newer'];

export interface DriverSinkOptions extends CallOptions {
  /** @default 'report' */
  readonly existing?: ExistingPolicy | undefined;
  /** Tell what would be done, and change nothing. @default false */
  readonly dryRun?: boolean | undefined;
}

/**
 * Puts documents into a driver. Every write is conditional on what was there when that was looked at, and is
 * read back and compared. So nothing that somebody else writes meanwhile is lost.
 */
export class DriverSink implements DocumentSink {
  readonly #driver: PersistDriver;
  readonly #existing: ExistingPolicy;
  readonly #dryRun: boolean;
  readonly #call: CallOptions;

  constructor(driver: PersistDriver, { existing = 'report', dryRun = false, signal }: DriverSinkOptions = {}) {
    this.#driver = driver;
    this.#existing = existing;
    this.#dryRun = dryRun;
    this.#call = { signal };
  }

  async put(key: string, data: Uint8Array, earlier?: Version): Promise<Placement> {
    try {
      const there = await this.#driver.read(key, this.#call);
      if (there !== undefined && isSame(there, data)) return { outcome: 'unchanged', version: there.version };
      const refusal = this.#refusal(key, data, there, earlier);
      if (refusal !== undefined) return refusal;
      checkData(data, this.#driver.capabilities.maxDocumentBytes);
      const outcome = there === undefined ? 'written' : 'replaced';
      if (this.#dryRun) return { outcome };
      return await this.#write(key, data, there?.version ?? 'absent', outcome);
    } catch (error) {
      if (concernsOneDocument(error)) return { outcome: 'failed', error };
      throw error;
    }
  }

  async takeBack(key: string, earlier: Version): Promise<Placement> {
    try {
      await this.#driver.remove(key, { ...this.#call, expect: earlier });
    } catch (error) {
      if (concernsOneDocument(error)) return { outcome: 'failed', error };
      if (!isPersistError(error, 'CONFLICT')) throw error;
      const there = await this.#driver.read(key, this.#call);
      if (there !== undefined) return conflict(key, 'was removed from the source, but changed in the target');
    }
    return { outcome: 'removed' };
  }

  /** What is to be done instead of writing; undefined: write. */
  #refusal(key: string, data: Uint8Array, there: Document | undefined, earlier?: Version): Placement | undefined {
    if (there?.version === earlier) return undefined;
    if (earlier !== undefined) return conflict(key, 'was changed both in the source and in the target meanwhile');
    if (there === undefined || this.#existing === 'overwrite') return undefined;
    if (this.#existing === 'skip') return { outcome: 'skipped' };
    if (this.#existing === 'report') return conflict(key, 'is another document in the target, which was left as it is');
    const [ours, theirs] = [savedAtOf(key, data)?.getTime(), savedAtOf(key, there.data)?.getTime()];
    if (ours === undefined || theirs === undefined || ours === theirs) {
      const why = ours === theirs && ours !== undefined ? 'both were saved at the same time' : 'it is no sandbox';
      return conflict(key, `is another document in the target, and none is known to be newer: ${why}`);
    }
    return ours > theirs ? undefined : { outcome: 'skipped' };
  }

  async #write(key: string, data: Uint8Array, expect: Version, outcome: 'written' | 'replaced'): Promise<Placement> {
    let written: Version | undefined;
    let problem: unknown;
    try {
      written = await this.#driver.write(key, data, { ...this.#call, expect });
    } catch (error) {
      if (!isPersistError(error, 'CONFLICT') && !isPersistError(error, 'OUTCOME_UNKNOWN')) throw error;
      problem = error;
    }
    const there = await this.#driver.read(key, this.#call);
    if (there !== undefined && isSame(there, data)) {
      return { outcome: isPersistError(problem, 'CONFLICT') ? 'unchanged' : outcome, version: there.version };
    }
    if (isPersistError(problem, 'OUTCOME_UNKNOWN')) throw problem;
    if (there === undefined || there.version !== written) {
      return conflict(key, 'was changed in the target while it was being copied');
    }
    throw new PersistError('CORRUPT', `the target gives back other bytes of ${key} than it was given`, { key });
  }
}

function isSame({ data }: Document, other: Uint8Array): boolean {
  return Buffer.compare(data, other) === 0;
}

function conflict(key: string, problem: string): Placement {
  return { outcome: 'conflict', error: new PersistError('CONFLICT', `${key} ${problem}`, { key }) };
}
