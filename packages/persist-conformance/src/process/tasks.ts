import type { Lock, LockHolder, LockMode, PersistDriver, Version } from '@sandkeep/persist-api';
import { bytes, textOf } from '../documents.js';
import { incrementBy } from '../increment.js';
import { RegisterClient, type RegisterClientOptions } from '../linearizability/register-client.js';
import { MonotonicReader } from '../monotonic-reader.js';
import { advance, anySize, numberedDocument } from '../numbered-document.js';
import { Random } from '../random.js';
import { CriticalSection } from './critical-section.js';

/** Tells the parent of something while a task runs. Resolves once it is on its way, even if this process dies next. */
export type Emit = (event: unknown) => Promise<void>;

/** What a child process can be told to do with its instance. */
export class TaskRunner {
  readonly #driver: PersistDriver;
  readonly #letGo: () => void;
  readonly #locks = new Map<string, Lock>();
  #running = true;

  constructor(driver: PersistDriver, letGo: () => void) {
    this.#driver = driver;
    this.#letGo = letGo;
  }

  run(task: TaskName, input: unknown, emit: Emit): Promise<unknown> {
    return (this[task] as (input: unknown, emit: Emit) => Promise<unknown>)(input, emit);
  }

  async read({ key }: { key: string }): Promise<{ text: string; version: Version } | undefined> {
    const document = await this.#driver.read(key);
    return document && { text: textOf(document), version: document.version };
  }

  write({ key, text, expect }: { key: string; text: string; expect?: Version | 'absent' }): Promise<Version> {
    return this.#driver.write(key, bytes(text), { expect });
  }

  /** Adds 1 to the number in `key`, `times` times, by conditional writes. */
  increment({ key, times }: { key: string; times: number }): Promise<void> {
    return incrementBy(this.#driver, key, times);
  }

  /** Writes and removes the documents `keys` in turn, until {@link stop}. @returns how many calls it made */
  async churn({ keys }: { keys: readonly string[] }): Promise<number> {
    let calls = 0;
    while (this.#running) {
      for (const key of keys) await this.#driver.write(key, bytes(`${calls}`));
      for (const key of keys) await this.#driver.remove(key);
      calls += 2 * keys.length;
    }
    return calls;
  }

  writeNumbered({ key, n, size }: { key: string; n: number; size: number }): Promise<Version> {
    return this.#driver.write(key, numberedDocument(n, size));
  }

  remove({ key }: { key: string }): Promise<boolean> {
    return this.#driver.remove(key);
  }

  /**
   * Writes the next number to the documents `keys` in turn, `times` times each or until {@link stop}, and
   * emits an {@link Advanced} for each write. @returns how many writes it made
   */
  async advance({ keys, times = Infinity, seed, limit }: AdvanceInput, emit: Emit): Promise<number> {
    const random = new Random(seed, 'advance');
    let writes = 0;
    for (let round = 0; round < times && this.#running; round += 1) {
      for (const key of keys) {
        const step = await advance(this.#driver, key, () => anySize(random, limit));
        writes += 1;
        await emit({ key, ...step } satisfies Advanced);
      }
    }
    return writes;
  }

  /** Reads the numbered document `key` until {@link stop}; rejects when it is torn or goes back. */
  readMonotonically({ key }: { key: string }): Promise<void> {
    return new MonotonicReader(this.#driver, key).readUntil(() => !this.#running);
  }

  /** Makes random calls on registers, and emits a {@link HistoryEvent} before and after each. Ends by {@link stop}, too. */
  callRegisters(options: RegisterClientOptions, emit: Emit): Promise<void> {
    return new RegisterClient(this.#driver, options).run(emit, () => !this.#running);
  }

  /** Ends the tasks that go on until then. */
  async stop(): Promise<void> {
    this.#running = false;
  }

  /** Takes a lock and holds it until {@link release}. */
  async lock({ name, ...options }: LockInput): Promise<{ fence: number; holder: LockHolder }> {
    const lock = await this.#driver.lock(name, options);
    this.#locks.set(name, lock);
    return { fence: lock.fence, holder: lock.holder };
  }

  async release({ name }: { name: string }): Promise<void> {
    await this.#held(name).release();
  }

  /** Waits until the held lock's signal fires. @returns the code of its reason */
  async lossOf({ name }: { name: string }): Promise<string> {
    const { signal } = this.#held(name);
    if (!signal.aborted) {
      // The timer keeps this process alive: waiting for a signal alone does not.
      const alive = setInterval(() => {}, 60_000);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      clearInterval(alive);
    }
    return (signal.reason as { code: string }).code;
  }

  /** Enters a critical section that the lock `name` guards, `rounds` times. @returns how often it met somebody inside */
  async critical({ name, file, rounds }: { name: string; file: string; rounds: number }): Promise<number> {
    const section = new CriticalSection(file);
    for (let round = 0; round < rounds; round += 1) {
      await using _lock = await this.#driver.lock(name, { waitMs: 60_000, ttlMs: 10_000 });
      await section.enter();
    }
    return section.overlaps;
  }

  /** Lets nothing but the idle instance keep this process alive. */
  async letGo(): Promise<void> {
    setImmediate(this.#letGo);
  }

  #held(name: string): Lock {
    const lock = this.#locks.get(name);
    if (lock === undefined) throw new Error(`this process took no lock called ${name}`);
    return lock;
  }
}

/** A write of the task `advance` that was acknowledged. */
export interface Advanced {
  readonly key: string;
  readonly n: number;
  readonly version: Version;
}

interface AdvanceInput {
  readonly keys: readonly string[];
  readonly times?: number;
  /** Decides the sizes of the documents. */
  readonly seed: number;
  /** The largest document's size in bytes. */
  readonly limit: number;
}

interface LockInput {
  readonly name: string;
  readonly mode?: LockMode;
  readonly waitMs?: number;
  readonly ttlMs?: number;
  readonly info?: string;
}

export type TaskName = Exclude<keyof TaskRunner, 'run'>;
export type TaskInput<Name extends TaskName> = Parameters<TaskRunner[Name]>[0];
export type TaskResult<Name extends TaskName> = Awaited<ReturnType<TaskRunner[Name]>>;
