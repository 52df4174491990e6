import { isPersistError } from '@sandkeep/persist-api';
import type { Bucket, Found, StoredObject } from './bucket.js';
import { CallTime } from './call-time.js';
import { persistErrorOf } from './errors.js';
import { type Failure, failureOf } from './failure.js';
import type { ServerTraits } from './server-traits.js';

/** The shortest time that a try at reading gets, in milliseconds, while there is as much left. */
const minReadMs = 1_000;

/** A bucket, what its server honours, and how long calls may take: what every operation works with. */
export class Store {
  readonly bucket: Bucket;
  readonly traits: ServerTraits;
  readonly timeoutMs: number;

  constructor(bucket: Bucket, traits: ServerTraits, timeoutMs: number) {
    this.bucket = bucket;
    this.traits = traits;
    this.timeoutMs = timeoutMs;
  }

  time(signal?: AbortSignal | undefined): CallTime {
    return new CallTime(this.timeoutMs, signal);
  }

  get(key: string, time: CallTime): Promise<StoredObject | undefined> {
    return this.read(time, (ms) => this.bucket.get(key, time, ms));
  }

  async peek(key: string, time: CallTime): Promise<Found> {
    return (await this.read(time, (ms) => this.bucket.peek(key, time, ms))) ?? { kind: 'absent' };
  }

  /**
   * Runs a request that changes nothing, again and again after failures that may pass. A try gets three quarters of
   * the time that is left, so that one that hangs is not the last.
   * @returns undefined if there is no such object
   */
  async read<T>(time: CallTime, run: (ms: number) => Promise<T>): Promise<T | undefined> {
    for (;;) {
      try {
        return await run(Math.max(time.left * 0.75, Math.min(time.left, minReadMs)));
      } catch (thrown) {
        const failure = this.failure(thrown, time);
        if (failure.kind === 'missing') return undefined;
        if (failure.kind === 'final' || !(await time.pause())) throw this.error(failure);
      }
    }
  }

  /** Waits for something as long as a change may still begin. @throws `TIMEOUT` */
  async wait(time: CallTime, event: Promise<unknown>): Promise<void> {
    try {
      await time.limit(time.leftForChange, () => event);
    } catch (thrown) {
      throw this.error(this.failure(thrown, time));
    }
  }

  /** @throws the signal's reason if it aborted, and a PersistError as it is */
  failure(thrown: unknown, { signal }: CallTime): Failure {
    signal?.throwIfAborted();
    if (isPersistError(thrown)) throw thrown;
    return failureOf(thrown);
  }

  error(failure: Failure) {
    return persistErrorOf(failure, { bucket: this.bucket.name, timeoutMs: this.timeoutMs });
  }
}
