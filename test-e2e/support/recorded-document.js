import { isPersistError } from '@sandkeep/persist-api';

/**
 * @typedef {Pick<import('@sandkeep/persist-api').PersistDriver, 'read' | 'write' | 'remove'>} Documents
 * @typedef {{ value: string, version: string }} Found a document's value and version
 * @typedef {Found | 'absent' | undefined} Expected what a call is told to expect; undefined: anything
 * @typedef {import('./linearizable.js').Call} Call
 */

/**
 * One document, with everything that is done to it and how that ended. Values are to be unique. An error
 * that says that the call had no effect is recorded as such: the history shows whether it is true.
 */
export class RecordedDocument {
  /** @type {Call[]} */
  calls = [];
  /** The codes of the errors that were neither conflicts nor unknown outcomes. @type {string[]} */
  errors = [];
  /** @type {string} */
  #key;

  /** @param {string} key */
  constructor(key) {
    this.#key = key;
  }

  /**
   * @param {Documents} driver
   * @returns {Promise<Found | undefined>} undefined if it found nothing, or failed
   */
  async read(driver) {
    /** @type {Found | undefined} */
    let found;
    await this.#record({ operation: 'read' }, async () => {
      const document = await driver.read(this.#key);
      if (document !== undefined) {
        found = { value: Buffer.from(document.data).toString(), version: document.version };
      }
      return { type: 'found', value: found?.value ?? null };
    });
    return found;
  }

  /**
   * @param {Documents} driver
   * @param {string} value
   * @param {Expected} [expected]
   * @returns {Promise<Found | undefined>} what is there now, if it was written
   */
  async write(driver, value, expected) {
    /** @type {Found | undefined} */
    let written;
    const expect = expected === 'absent' ? null : expected?.value;
    await this.#record({ operation: 'write', value, expect }, async () => {
      const condition = expected === 'absent' ? 'absent' : expected?.version;
      written = { value, version: await driver.write(this.#key, Buffer.from(value), { expect: condition }) };
      return { type: 'written' };
    });
    return written;
  }

  /**
   * @param {Documents} driver
   * @param {Found} [expected]
   * @returns {Promise<void>}
   */
  async remove(driver, expected) {
    await this.#record({ operation: 'remove', expect: expected?.value }, async () => {
      return { type: 'removed', wasThere: await driver.remove(this.#key, { expect: expected?.version }) };
    });
  }

  async #record(call, run) {
    const begun = now();
    const result = await run().catch((error) => {
      if (isPersistError(error, 'CONFLICT')) return { type: 'conflict' };
      if (isPersistError(error, 'OUTCOME_UNKNOWN')) return { type: 'unknown' };
      if (!isPersistError(error) || !error.retryable) throw error;
      this.errors.push(error.code);
      return { type: 'failed' };
    });
    this.calls.push({ ...call, begun, ended: now(), result });
  }
}

/** Milliseconds on the clock that all processes of a machine share, and that nobody sets. */
function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}
