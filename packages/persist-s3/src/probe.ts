import type { S3Client } from '@aws-sdk/client-s3';
import { PersistError } from '@sandkeep/persist-api';
import { newAttemptId } from './attempt-id.js';
import { Bucket, type Condition } from './bucket.js';
import { CallTime } from './call-time.js';
import type { S3Config } from './config.js';
import { persistErrorOf } from './errors.js';
import { type Failure, failureOf } from './failure.js';
import type { ServerTraits } from './server-traits.js';

type Outcome = { readonly etag: string; readonly failure?: undefined } | { readonly failure: Failure };

/**
 * Finds out what the server honours, with an object of its own that is deleted at the end.
 * @param root what the keys of the driver's own objects begin with
 * @throws `UNSUPPORTED` if the server ignores conditions; `NOT_FOUND`, `PERMISSION_DENIED`, … if it cannot be used
 */
export async function probeServer(client: S3Client, config: S3Config, root: string): Promise<ServerTraits> {
  const probe = new Probe(client, config, `${root}probe/${newAttemptId()}`);
  try {
    return await probe.run();
  } finally {
    await probe.end();
  }
}

class Probe {
  readonly #buckets: Readonly<Record<'quoted' | 'unquoted', Bucket>>;
  readonly #key: string;
  readonly #time: CallTime;
  /** The one that the server understands. */
  #bucket: Bucket;

  constructor(client: S3Client, config: S3Config, key: string) {
    this.#buckets = { quoted: new Bucket(client, config, true), unquoted: new Bucket(client, config, false) };
    this.#bucket = this.#buckets.quoted;
    this.#key = key;
    this.#time = new CallTime(config.commandTimeoutMs, undefined);
  }

  async run(): Promise<ServerTraits> {
    const first = this.#succeeded(await this.#put('absent'));
    this.#refused(await this.#put('absent'), 'If-None-Match: * of a PUT, and overwrites what is there');
    const current = await this.#replace(first);
    this.#refused(await this.#put({ match: first }), 'If-Match of a PUT, and overwrites what is newer');
    const missing = `${this.#key}-missing`;
    const made = await this.#put({ match: current }, missing);
    if (made.failure === undefined) await this.#delete(undefined, missing);
    this.#refused(made, 'If-Match of a PUT, and makes an object where there was none');
    const conditionalDelete = await this.#deletesConditionally(first, current);
    const quotedEtags = this.#bucket === this.#buckets.quoted;
    return { quotedEtags, conditionalDelete, checksums: false, versioned: false };
  }

  /** Removes what is left. */
  async end(): Promise<void> {
    await this.#bucket.delete(this.#key, undefined, this.#time, Math.max(this.#time.left, 1_000)).catch(() => {});
  }

  async #replace(etag: string): Promise<string> {
    for (const bucket of [this.#buckets.quoted, this.#buckets.unquoted]) {
      this.#bucket = bucket;
      const outcome = await this.#put({ match: etag });
      if (outcome.failure === undefined) return outcome.etag;
      if (outcome.failure.kind !== 'precondition') throw this.#error(outcome.failure);
    }
    throw unsupported('refuses If-Match of a PUT with the current ETag');
  }

  async #deletesConditionally(stale: string, current: string): Promise<boolean> {
    if (await this.#delete(stale)) return false;
    if (!(await this.#delete(current))) return false;
    return !(await this.#delete(current));
  }

  async #put(condition: Condition, key = this.#key): Promise<Outcome> {
    for (;;) {
      try {
        const body = Buffer.from(`probe ${newAttemptId()}\n`);
        return { etag: await this.#bucket.put(key, body, condition, this.#time, this.#time.left) };
      } catch (thrown) {
        const failure = failureOf(thrown);
        const passes = failure.kind === 'passing' || failure.kind === 'unreached';
        if (!passes || !(await this.#time.pause())) return { failure };
      }
    }
  }

  /** @returns whether the server said that it did */
  async #delete(match: string | undefined, key = this.#key): Promise<boolean> {
    try {
      await this.#bucket.delete(key, match, this.#time, this.#time.left);
      return true;
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (failure.kind === 'precondition' || failure.kind === 'missing') return false;
      throw this.#error(failure);
    }
  }

  #succeeded(outcome: Outcome): string {
    if (outcome.failure !== undefined) throw this.#error(outcome.failure);
    return outcome.etag;
  }

  #refused(outcome: Outcome, what: string): void {
    if (outcome.failure === undefined) throw unsupported(`ignores ${what}`);
    const { kind } = outcome.failure;
    if (kind !== 'precondition' && kind !== 'missing' && kind !== 'lost-race') throw this.#error(outcome.failure);
  }

  #error(failure: Failure): PersistError {
    return persistErrorOf(failure, { bucket: this.#bucket.name, timeoutMs: this.#time.timeoutMs });
  }
}

function unsupported(what: string): PersistError {
  return new PersistError(
    'UNSUPPORTED',
    `the server ${what}: documents would not be safe there. Use a server, or a bucket, with conditional writes`,
  );
}
