import type { Lock, LockHolder, LockMode, PersistDriver, Version } from '@sandkeep/persist-api';
import { bytes, textOf } from '../documents.js';
import { incrementBy } from '../increment.js';
import { CriticalSection } from './critical-section.js';

/** What a child process can be told to do with its instance. */
export class TaskRunner {
  readonly #driver: PersistDriver;
  readonly #letGo: () => void;
  readonly #locks = new Map<string, Lock>();
  #churning = true;

  constructor(driver: PersistDriver, letGo: () => void) {
    this.#driver = driver;
    this.#letGo = letGo;
  }

  run(task: TaskName, input: unknown): Promise<unknown> {
    return (this[task] as (input: unknown) => Promise<unknown>)(input);
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

  /** Writes and removes the documents `keys` in turn, until {@link stopChurning}. @returns how many calls it made */
  async churn({ keys }: { keys: readonly string[] }): Promise<number> {
    let calls = 0;
    while (this.#churning) {
      for (const key of keys) await this.#driver.write(key, bytes(`${calls}`));
      for (const key of keys) await this.#driver.remove(key);
      calls += 2 * keys.length;
    }
    return calls;
  }

  async stopChurning(): Promise<void> {
    this.#churning = false;
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
