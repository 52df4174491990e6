import { isDeepStrictEqual } from 'node:util';
import type { ProcessId } from './container-process.js';
import type { RestoredSandbox, SandboxRecord, SupervisorEvent } from './supervisor-event.js';

/** Everything that the store has acknowledged to a supervisor, as the supervisor told it. */
export class Acknowledged {
  #saves = 0;
  readonly #latest = new Map<string, SandboxRecord>();

  add(event: SupervisorEvent): void {
    if (event.type !== 'saved') return;
    this.#saves += 1;
    this.#latest.set(event.sandbox.id, event.sandbox);
  }

  /** How many saves were acknowledged. */
  get saves(): number {
    return this.#saves;
  }

  /** The latest acknowledged state of each sandbox. */
  get sandboxes(): SandboxRecord[] {
    return [...this.#latest.values()];
  }

  /** Every process that was recorded. */
  get processes(): (ProcessId & { sandbox: string; container: string })[] {
    return this.sandboxes.flatMap(({ id: sandbox, containers }) =>
      containers.flatMap(({ id: container, pid, start }) =>
        pid === undefined || start === undefined ? [] : [{ sandbox, container, pid, start }],
      ),
    );
  }

  /**
   * What is wrong with a restored state, one sentence for each thing; none if every sandbox is there, whole,
   * at the acknowledged revision or a newer one. (The save that the kill interrupted may have taken effect.)
   */
  compare(restored: readonly RestoredSandbox[]): string[] {
    return this.sandboxes.flatMap(({ id, step, revision, state, containers }) => {
      const found = restored.find((sandbox) => sandbox.id === id);
      if (found === undefined) return [`sandbox ${id} is missing`];
      if (found.step < step) return [`sandbox ${id} is at step ${found.step}: step ${step} was acknowledged`];
      const isSame = found.step > step || found.revision === revision;
      if (isSame && found.state === state && isDeepStrictEqual(found.containers, containers)) return [];
      return [`sandbox ${id} differs from what was acknowledged`];
    });
  }
}
