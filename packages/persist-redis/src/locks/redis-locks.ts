import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type BackendCall,
  isPersistError,
  type Lock,
  type LockHolder,
  type LockRequest,
  type LockService,
  type LockStatus,
  PersistError,
} from '@sandkeep/persist-api';
import { z } from 'zod';
import type { Keyspace } from '../keyspace.js';
import { listIndex } from '../list-index.js';
import { acquireLockScript } from '../scripts/acquire-lock.js';
import { breakLockScript } from '../scripts/break-lock.js';
import { inspectLockScript } from '../scripts/inspect-lock.js';
import { releaseLockScript } from '../scripts/release-lock.js';
import type { ServerCalls } from '../server-calls.js';
import { RedisLock } from './redis-lock.js';
import type { WakeUps } from './wake-ups.js';

/** For how long a waiter keeps its place in the queue without asking again, in milliseconds. */
const patienceMs = 2_000;
/** The longest that a waiter waits without asking again: a wake-up may get lost. */
const pollMs = 600;
/** How long the clean-up after an ended wait may take. */
const withdrawMs = 1_000;

/** Locks as records that scripts change by the server's clock. */
export class RedisLocks implements LockService {
  readonly #calls: ServerCalls;
  readonly #keyspace: Keyspace;
  readonly #wakeUps: WakeUps;
  readonly #held = new Set<RedisLock>();

  constructor(calls: ServerCalls, keyspace: Keyspace, wakeUps: WakeUps) {
    this.#calls = calls;
    this.#keyspace = keyspace;
    this.#wakeUps = wakeUps;
  }

  async lock(name: string, request: LockRequest): Promise<Lock> {
    const holder: LockHolder = {
      id: randomBytes(12).toString('base64url'),
      mode: request.mode,
      host: hostname(),
      pid: process.pid,
      info: request.info,
      since: '',
    };
    try {
      return await this.#wait(name, request, holder);
    } catch (error) {
      if (request.waitMs > 0 || !isPersistError(error, 'LOCK_TIMEOUT')) await this.#withdraw(name, holder.id);
      throw error;
    }
  }

  async *inspect({ signal }: BackendCall): AsyncGenerator<LockStatus, void, undefined> {
    for await (const name of listIndex(this.#calls, this.#keyspace.indexes('locks'), { prefix: '', signal })) {
      const status = await this.#status(name, signal);
      if (status.holders.length > 0 || status.waiting > 0 || status.error !== undefined) yield status;
    }
  }

  async breakLock(name: string, holder: string | undefined): Promise<boolean> {
    const [lock, names] = this.#keyspace.lock(name);
    return Number(await this.#calls.script(breakLockScript, [lock, names], [name, holder ?? ''])) > 0;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#held].map((lock) => lock.release()));
    this.#wakeUps.close();
  }

  async #wait(name: string, request: LockRequest, identity: LockHolder): Promise<Lock> {
    const { mode, waitMs, ttlMs, signal } = request;
    const keys = this.#keyspace.lock(name);
    const end = performance.now() + waitMs;
    const patience = waitMs > 0 ? patienceMs : 0;
    const turn = this.#wakeUps.turnOf(identity.id);
    try {
      for (;;) {
        const holder = { ...identity, since: new Date().toISOString() };
        const channel = this.#wakeUps.channel;
        const args = [name, holder.id, mode, `${ttlMs}`, `${patience}`, channel, JSON.stringify(holder)];
        const sentAt = performance.now();
        const answer = (await this.#calls.script(acquireLockScript, keys, args, { signal })) as string[];
        const [outcome, number = '', ...who] = answer;
        if (outcome === 'corrupt') throw corrupt(name);
        if (outcome === 'granted') return this.#granted(name, holder, Number(number), ttlMs, sentAt);
        const left = end - performance.now();
        if (left <= 0)
          throw timedOut(
            name,
            waitMs,
            who.map((holder) => parseHolder(name, holder)),
          );
        if (await this.#wakeUps.listen(signal)) continue;
        await turn.come(Math.min(left, pollMs, Number(number) + 1), signal);
      }
    } finally {
      turn.cancel();
    }
  }

  #granted(name: string, holder: LockHolder, fence: number, ttlMs: number, sentAt: number): Lock {
    const [lockKey, names] = this.#keyspace.lock(name);
    const lock = new RedisLock({
      name,
      holder,
      fence,
      ttlMs,
      sentAt,
      calls: this.#calls,
      keys: [lockKey, names],
      onEnd: () => this.#held.delete(lock),
    });
    this.#held.add(lock);
    return lock;
  }

  /** Leaves the queue, and gives up a grant whose answer did not arrive. A failure is repaired by the lease's end. */
  async #withdraw(name: string, id: string): Promise<void> {
    const [lock, names] = this.#keyspace.lock(name);
    const timeoutMs = Math.min(withdrawMs, this.#calls.timeoutMs);
    await this.#calls.script(releaseLockScript, [lock, names], [name, id], { timeoutMs }).catch(() => {});
  }

  async #status(name: string, signal: AbortSignal | undefined): Promise<LockStatus> {
    const [lock, names] = this.#keyspace.lock(name);
    try {
      const answer = (await this.#calls.script(inspectLockScript, [lock, names], [name], { signal })) as string[];
      const [waiting, fence, ...who] = answer;
      if (waiting === 'corrupt') throw corrupt(name);
      return {
        name,
        fence: Number(fence),
        holders: who.map((holder) => parseHolder(name, holder)),
        waiting: Number(waiting),
      };
    } catch (error) {
      if (!isPersistError(error, 'CORRUPT')) throw error;
      return { name, fence: 0, holders: [], waiting: 0, error };
    }
  }
}

const holderSchema: z.ZodType<LockHolder> = z.object({
  id: z.string(),
  mode: z.enum(['exclusive', 'shared']),
  host: z.string(),
  pid: z.number(),
  info: z.string(),
  since: z.string(),
});

/** @throws `CORRUPT` */
function parseHolder(lock: string, who: string): LockHolder {
  try {
    return holderSchema.parse(JSON.parse(who));
  } catch {
    throw corrupt(lock);
  }
}

function timedOut(name: string, waitMs: number, holders: readonly LockHolder[]): PersistError {
  const by = holders.map(({ mode, host, pid, info }) => `${mode} by ${host}:${pid}${info === '' ? '' : ` (${info})`}`);
  const held = by.length === 0 ? 'others wait for it' : `it is held ${by.join(', ')}`;
  return new PersistError('LOCK_TIMEOUT', `the lock ${name} was not granted within ${waitMs} ms: ${held}`, { holders });
}

function corrupt(name: string): PersistError {
  return new PersistError('CORRUPT', `the record of the lock ${name} is damaged: breakLock makes it usable again`);
}
