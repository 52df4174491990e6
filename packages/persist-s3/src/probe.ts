import type { S3Client } from '@aws-sdk/client-s3';
import { isPersistError, PersistError } from '@sandkeep/persist-api';
import { newAttemptId } from './attempt-id.js';
import { Bucket, type Condition, type PutAnswer } from './bucket.js';
import { CallTime } from './call-time.js';
import type { S3Config } from './config.js';
import { persistErrorOf } from './errors.js';
import { type Failure, failureOf } from './failure.js';
import { deletePresigned } from './presigned-delete.js';
import type { ServerTraits } from './server-traits.js';

type Outcome = (PutAnswer & { readonly failure?: undefined }) | { readonly failure: Failure };

/** No body of the probe has this CRC-32. */
const wrongChecksum = 'AAAAAA==';

/**
 * Finds out what the server honours, with an object of its own that is deleted at the end: some nine requests, in six
 * steps, each of which waits for the one before; with versions, and conditions of DELETE, in seven.
 * @throws `UNSUPPORTED` if the server ignores conditions; `NOT_FOUND`, `PERMISSION_DENIED`, … if it cannot be used
 */
export async function probeServer(client: S3Client, config: S3Config): Promise<ServerTraits> {
  const probe = new Probe(client, config);
  try {
    return await probe.run();
  } finally {
    await probe.end();
  }
}

class Probe {
  readonly #config: S3Config;
  readonly #buckets: Readonly<Record<'quoted' | 'unquoted', Bucket>>;
  readonly #key: string;
  /** Has no object. */
  readonly #missing: string;
  /** The one that the server understands. */
  #bucket: Bucket;
  /** The keys that may have an object. */
  readonly #left = new Set<string>();

  constructor(client: S3Client, config: S3Config) {
    this.#config = config;
    this.#buckets = { quoted: new Bucket(client, config, true), unquoted: new Bucket(client, config, false) };
    this.#bucket = this.#buckets.quoted;
    this.#key = `${config.prefix}.sandkeep/probe/${newAttemptId()}`;
    this.#missing = `${this.#key}-missing`;
  }

  async run(): Promise<ServerTraits> {
    const { checksums, first } = await this.#create();
    const current = await this.#replace(first.etag);
    await this.#refuseAll(first.etag, current);
    const conditionalDelete = await this.#deletesConditionally(first, current);
    return {
      quotedEtags: this.#bucket === this.#buckets.quoted,
      conditionalDelete,
      refusesExpired: conditionalDelete || (await this.#refusesExpired()),
      checksums,
      versioned: first.isVersioned,
    };
  }

  /** Deletes what is left. */
  async end(): Promise<void> {
    const clean = (key: string) => {
      const time = this.#newTime();
      return this.#bucket.delete(key, undefined, time, time.left);
    };
    await Promise.allSettled([...this.#left].map(clean));
  }

  async #create(): Promise<{ checksums: ServerTraits['checksums']; first: PutAnswer }> {
    const { checksums: mode, client } = this.#config;
    const isOff =
      client === undefined
        ? mode === 'when-required'
        : (await client.config.requestChecksumCalculation()) === 'WHEN_REQUIRED';
    if (!isOff) {
      const outcome = await this.#put('absent', { checksum: wrongChecksum });
      if (outcome.failure === undefined) return { checksums: 'ignored', first: outcome };
    }
    return { checksums: isOff ? 'off' : 'checked', first: this.#mustSucceed(await this.#put('absent')) };
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

  /** Sends at once what has to be refused: where it is, none of it changes anything that another one looks at. */
  async #refuseAll(stale: string, current: string): Promise<void> {
    const [second, outdated, made] = await allOf([
      this.#put('absent'),
      this.#put({ match: stale }),
      this.#put({ match: current }, { key: this.#missing }),
    ]);
    this.#mustFail(second, 'If-None-Match: * of a PUT, and overwrites what is there');
    this.#mustFail(outdated, 'If-Match of a PUT, and overwrites what is newer');
    this.#mustFail(made, 'If-Match of a PUT, and makes an object where there was none');
  }

  async #deletesConditionally(first: PutAnswer, current: string): Promise<boolean> {
    if (await this.#delete(this.#key, first.etag)) return false;
    const [isDeleted, isMissed] = await allOf([this.#delete(this.#key, current), this.#delete(this.#missing, current)]);
    if (!isDeleted || isMissed) return false;
    // In a bucket with versions a delete marker stands there now, which not every server takes for nothing.
    return !(first.isVersioned && (await this.#delete(this.#key, current)));
  }

  /** Whether a request that was valid for a second, two days ago, is refused. */
  async #refusesExpired(): Promise<boolean> {
    const validity = { signedAt: Date.now() - 172_800_000, validSeconds: 1 };
    const time = this.#newTime();
    const status = await time.limit(time.left, (signal) => deletePresigned(this.#bucket, this.#key, validity, signal));
    return status === 403 || status === 400;
  }

  async #put(condition: Condition, { key = this.#key, checksum }: { key?: string; checksum?: string } = {}) {
    const body = Buffer.from(`probe ${newAttemptId()}\n`);
    return this.#trying<Outcome>(
      async (time) => {
        const answer = await this.#bucket.put({ key, body, condition, checksum }, time, time.left);
        this.#left.add(key);
        return answer;
      },
      (failure) => {
        if (failure.kind === 'unanswered' || failure.kind === 'doubtful') this.#left.add(key);
        return { failure };
      },
    );
  }

  /** @returns whether the server said that it did */
  async #delete(key: string, match: string): Promise<boolean> {
    return this.#trying(
      async (time) => {
        await this.#bucket.delete(key, match, time, time.left);
        this.#left.delete(key);
        return true;
      },
      (failure) => {
        if (failure.kind === 'precondition' || failure.kind === 'missing') return false;
        throw this.#error(failure);
      },
    );
  }

  /** Repeats what certainly had no effect. */
  async #trying<T>(run: (time: CallTime) => Promise<T>, onFailure: (failure: Failure) => T): Promise<T> {
    const time = this.#newTime();
    for (;;) {
      try {
        return await run(time);
      } catch (thrown) {
        if (isPersistError(thrown)) throw thrown;
        const failure = failureOf(thrown);
        const passes = failure.kind === 'passing' || failure.kind === 'unreached';
        if (!passes || !(await time.pause())) return onFailure(failure);
      }
    }
  }

  #mustSucceed(outcome: Outcome): PutAnswer {
    if (outcome.failure !== undefined) throw this.#error(outcome.failure);
    return outcome;
  }

  #mustFail(outcome: Outcome, what: string): void {
    if (outcome.failure === undefined) throw unsupported(`ignores ${what}`);
    const { kind } = outcome.failure;
    if (kind !== 'precondition' && kind !== 'missing' && kind !== 'lost-race') throw this.#error(outcome.failure);
  }

  /** Each request is a call of its own. */
  #newTime(): CallTime {
    return new CallTime(this.#config.commandTimeoutMs, undefined);
  }

  #error(failure: Failure): PersistError {
    return persistErrorOf(failure, { bucket: this.#bucket.name, timeoutMs: this.#config.commandTimeoutMs });
  }
}

/** Waits for all, so that nothing is under way any more, and only then throws what the first that failed did. */
async function allOf<T extends readonly unknown[] | []>(
  runs: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(runs);
  return Promise.all(runs);
}

function unsupported(what: string): PersistError {
  return new PersistError(
    'UNSUPPORTED',
    `the server ${what}: documents would not be safe. Expected a server with conditional writes ` +
      '(Ceph has them in buckets without versioning only)',
  );
}
