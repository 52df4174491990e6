import type { Lock, SandboxStore, StateString } from '@sandkeep/persist-api';
import { acknowledge, endProcess, isAlive, startContainer } from './container-process.js';
import type { SandboxRecord } from './supervisor-event.js';

/** A container as it is stored: `start` is a field of this runtime's own, which the store keeps. */
type Container = { readonly state: StateString; readonly process?: { readonly pid: number; readonly start: string } };

/**
 * One sandbox in the hands of one supervisor, which holds its lock. Every change is saved before
 * anything is built on it, and only onto the revision that this supervisor knows.
 */
export class SupervisedSandbox {
  readonly id: string;
  readonly #store: SandboxStore;
  readonly #namespace: string;
  readonly #lock: Lock;
  readonly #containers = new Map<string, Container>();
  #state: StateString = 'ready';
  #step = 0;
  #revision = 'absent';

  private constructor(store: SandboxStore, namespace: string, id: string, lock: Lock) {
    this.id = id;
    this.#store = store;
    this.#namespace = namespace;
    this.#lock = lock;
  }

  /** Takes the lock of a sandbox, waiting until that of a dead supervisor has expired. */
  static async #own(store: SandboxStore, namespace: string, id: string): Promise<SupervisedSandbox> {
    const lock = await store.lock(id, { ttlMs: 2_000, waitMs: 30_000, info: 'the supervisor of sandkeep demo' });
    return new SupervisedSandbox(store, namespace, id, lock);
  }

  /** A new sandbox, whose containers are meant to be started. */
  static async create(
    store: SandboxStore,
    namespace: string,
    id: string,
    containerIds: readonly string[],
  ): Promise<SupervisedSandbox> {
    const sandbox = await SupervisedSandbox.#own(store, namespace, id);
    for (const containerId of containerIds) sandbox.#containers.set(containerId, { state: 'ready' });
    return sandbox;
  }

  /** What another supervisor left. Its processes that are alive are adopted. */
  static async restore(store: SandboxStore, namespace: string, id: string): Promise<SupervisedSandbox> {
    const sandbox = await SupervisedSandbox.#own(store, namespace, id);
    const { sandbox: state, containers, revision } = await store.load(id);
    sandbox.#state = state.state;
    sandbox.#step = Number(state.step);
    sandbox.#revision = revision;
    for (const [containerId, { state, process }] of containers) {
      const id = process === undefined ? {} : { process: { pid: Number(process.pid), start: String(process.start) } };
      sandbox.#containers.set(containerId, { state, ...id });
    }
    return sandbox;
  }

  get containerIds(): readonly string[] {
    return [...this.#containers.keys()];
  }

  get record(): SandboxRecord {
    const containers = [...this.#containers].map(([id, { state, process }]) => ({
      id,
      state,
      pid: process?.pid,
      start: process?.start,
    }));
    return { id: this.id, state: this.#state, step: this.#step, revision: this.#revision, containers };
  }

  /** Saves the next step. */
  async save(): Promise<SandboxRecord> {
    this.#lock.signal.throwIfAborted();
    const step = this.#step + 1;
    const sandbox = { state: this.#state, step };
    this.#revision = await this.#store.save(
      this.id,
      { sandbox, containers: this.#containers },
      { ifRevision: this.#revision },
    );
    this.#step = step;
    return this.record;
  }

  /**
   * Starts a container: the process waits until it has been recorded, and ends if this supervisor does
   * before. So there is no process that nobody knows of, and none is started twice.
   */
  async start(containerId: string): Promise<SandboxRecord> {
    const waiting = await startContainer(`${this.#namespace}/${this.id}/${containerId}`);
    this.#state = 'running';
    this.#containers.set(containerId, { state: 'running', process: { pid: waiting.pid, start: waiting.start } });
    const record = await this.save();
    acknowledge(waiting);
    return record;
  }

  /** The containers that run, by looking at their processes rather than at what was stored. */
  async alive(): Promise<string[]> {
    const ids: string[] = [];
    for (const [id, { process }] of this.#containers) {
      if (process !== undefined && (await isAlive(process))) ids.push(id);
    }
    return ids;
  }

  /** Saves that no containers but these run any more. */
  async adopt(alive: readonly string[]): Promise<SandboxRecord> {
    for (const [id, container] of this.#containers) {
      if (!alive.includes(id)) this.#containers.set(id, { ...container, state: 'stopped' });
    }
    return this.save();
  }

  /** Ends all processes, then destroys the sandbox and gives up its lock. */
  async end(): Promise<void> {
    await Promise.all([...this.#containers.values()].map(({ process }) => process && endProcess(process)));
    await this.#store.destroy(this.id, { ifRevision: this.#revision });
    await this.#lock.release();
  }
}
