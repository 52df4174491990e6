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
import { newId } from '../new-id.js';
import { acquireLockScript } from '../scripts/acquire-lock.js';
import { breakLockScript } from '../scripts/break-lock.js';
import { inspectLockScript } from '../scripts/inspect-lock.js';
import { releaseLockScript } from '../scripts/release-lock.js';
import type { ServerCalls } from '../server-calls.js';
import { type Grant, RedisLock } from './redis-lock.js';
import type { Turn, WakeUps } from './wake-ups.js';

/** The longest that a waiter waits without asking again, if half its lease is not shorter: a wake-up may get lost. */
const pollMs = 600;
/** How long the clean-up after an ended wait may take. */
const withdrawMs = 1_000;

const host = hostname();

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
    const id = newId();
    const turn = this.#wakeUps.turnOf(id);
    try {
      return await this.#wait(name, request, id, turn);
    } catch (error) {
      if (request.waitMs > 0 || !isPersistError(error, 'LOCK_TIMEOUT')) await this.#withdraw(name, id);
      throw error;
    } finally {
      this.#wakeUps.forget(id);
    }
  }

  async *inspect({ signal }: BackendCall): AsyncGenerator<LockStatus, void, undefined> {
    const found = await Promise.all(
      this.#keyspace
        .locks()
        .map((locks) => this.#calls.read('hkeys', [locks], 'utf8', { signal }) as Promise<string[]>),
    );
    const names = found.flat().filter((name) => name !== '');
    for (const name of names.sort()) {
      const status = await this.#status(name, signal);
      if (status.holders.length > 0 || status.waiting > 0 || status.error !== undefined) yield status;
    }
  }

  async breakLock(name: string, holder: string | undefined): Promise<boolean> {
    return Number(await this.#calls.script(breakLockScript, this.#keyspace.lock(name), [name, holder ?? ''])) > 0;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#held].map((lock) => lock.release()));
    this.#wakeUps.close();
  }

  async #wait(name: string, request: LockRequest, id: string, turn: Turn): Promise<Lock> {
    const { waitMs, ttlMs, signal } = request;
    const keys = this.#keyspace.lock(name);
    const ttl = String(Math.ceil(ttlMs));
    const begun = performance.now();
    for (let ask = 1; ; ask++) {
      const holder = holderOf(id, request);
      const place = waitMs > 0 ? String(ask) : '0';
      const args = [name, id, request.mode, ttl, place, this.#wakeUps.channel, JSON.stringify(holder)];
      const sentAt = performance.now();
      const answer = await this.#calls.script(acquireLockScript, keys, args, { signal });
      const now = performance.now();
      const left = begun + waitMs - now;
      if (typeof answer === 'string') {
        const end = sentAt + ttlMs;
        if (now < end) return this.#granted({ name, keys, ttlMs, holder, fence: Number(answer), end, isWhole: true });
        if (left <= 0) throw tooLate(name, ttlMs);
        continue;
      }
      const [endsIn = '', ...who] = answer as string[];
      if (endsIn === 'corrupt') throw corrupt(name);
      if (left <= 0) throw timedOut(name, waitMs, who);
      if (await this.#wakeUps.listen(signal)) continue;
      const handed = await turn.come(Math.min(left, pollMs, ttlMs / 2, Number(endsIn) + 1), signal);
      // One that heard of it too late, or of an earlier grant, asks what has become of it.
      if (handed?.ask !== ask || performance.now() >= sentAt + handed.leaseMs) continue;
      const { fence, leaseMs } = handed;
      const taker = holderOf(id, request);
      return this.#granted({ name, keys, ttlMs, holder: taker, fence, end: sentAt + leaseMs, isWhole: false });
    }
  }

  #granted(grant: Grant): Lock {
    const lock = new RedisLock(grant, this.#calls, this.#held);
    this.#held.add(lock);
    return lock;
  }

  /** Leaves the queue, and gives up a grant whose answer did not arrive. A failure is repaired by the lease's end. */
  async #withdraw(name: string, id: string): Promise<void> {
    const timeoutMs = Math.min(withdrawMs, this.#calls.timeoutMs);
    await this.#calls.script(releaseLockScript, this.#keyspace.lock(name), [name, id], { timeoutMs }).catch(() => {});
  }

  async #status(name: string, signal: AbortSignal | undefined): Promise<LockStatus> {
    const keys = this.#keyspace.lock(name);
    try {
      const answer = (await this.#calls.script(inspectLockScript, keys, [name], { signal })) as string[];
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

function holderOf(id: string, { mode, info }: LockRequest): LockHolder {
  return { id, mode, host, pid: process.pid, info, since: new Date().toISOString() };
}

/** @throws `CORRUPT` */
function parseHolder(lock: string, who: string): LockHolder {
  try {
    return holderSchema.parse(JSON.parse(who));
  } catch {
    throw corrupt(lock);
  }
}

function timedOut(name: string, waitMs: number, who: readonly string[]): PersistError {
  const holders = who.map((holder) => parseHolder(name, holder));
  const by = holders.map(({ mode, host, pid, info }) => `${mode} by ${host}:${pid}${info === '' ? '' : ` (${info})`}`);
  const held = by.length === 0 ? 'others wait for it' : `it is held ${by.join(', ')}`;
  return new PersistError('LOCK_TIMEOUT', `the lock ${name} was not granted within ${waitMs} ms: ${held}`, { holders });
}

function tooLate(name: string, ttlMs: number): PersistError {
  const message = `the server's answer took longer than the lease of ${ttlMs} ms that it gave of the lock ${name}`;
  return new PersistError('TIMEOUT', message);
}

function corrupt(name: string): PersistError {
  return new PersistError('CORRUPT', `the record of the lock ${name} is damaged: breakLock makes it usable again`);
}
