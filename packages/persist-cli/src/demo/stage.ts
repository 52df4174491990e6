import type { SandboxStore } from '@sandkeep/persist-api';
import { Acknowledged } from './acknowledged.js';
import { isGoneWithin, sendSignal } from './container-process.js';
import { SupervisorProcess, type SupervisorSettings } from './supervisor-process.js';

/** The processes and sandboxes of one run of the demo, all of which are gone after `clear()`. */
export class Stage {
  readonly acknowledged = new Acknowledged();
  readonly #settings: SupervisorSettings;
  readonly #signal: AbortSignal;
  readonly #supervisors: Promise<SupervisorProcess>[] = [];

  /** @param signal once it is aborted, no process is started any more */
  constructor(settings: SupervisorSettings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  async startSupervisor(): Promise<SupervisorProcess> {
    this.#signal.throwIfAborted();
    const starting = SupervisorProcess.start(this.#settings);
    this.#supervisors.push(starting);
    return starting;
  }

  /** Ends whatever is left, however the demo went. */
  async clear(store: SandboxStore): Promise<void> {
    for (const starting of this.#supervisors) {
      const supervisor = await starting;
      for (const event of await supervisor.kill()) this.acknowledged.add(event);
      await supervisor.cutLifeline();
    }
    for (const id of this.acknowledged.processes) {
      if (!(await isGoneWithin(id, 5_000))) await sendSignal(id, 'SIGKILL');
    }
    for await (const id of store.list()) await store.destroy(id);
  }
}
