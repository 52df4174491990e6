import { colorsFor, print } from '../output.js';
import { formatTable } from '../table.js';
import type { Acknowledged } from './acknowledged.js';
import type { RestoredSandbox, SandboxRecord } from './supervisor-event.js';

/** Tells a person what happens in the demo while it happens. */
export class DemoReport {
  readonly #signal: AbortSignal;
  readonly #seen = new Map<string, SandboxRecord>();

  /** @param signal once it is aborted, nothing more is told */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  opened(place: string, namespace: string): void {
    this.#print(`State is kept in ${place}, namespace ${namespace}`);
  }

  started(pid: number): void {
    this.#step(1, `Supervisor ${pid} starts containers and saves the state after every step`);
  }

  saved(sandbox: SandboxRecord): void {
    const before = this.#seen.get(sandbox.id);
    this.#seen.set(sandbox.id, sandbox);
    const started = sandbox.containers.find(
      ({ id, pid }) => pid !== before?.containers.find((container) => container.id === id)?.pid,
    );
    const what =
      started === undefined
        ? `to be started: ${sandbox.containers.map(({ id }) => id).join(', ')}`
        : `${started.id} is process ${started.pid}`;
    this.#print(`   saved ${sandbox.id.padEnd(5)} step ${sandbox.step}  ${sandbox.state.padEnd(8)} ${what}`);
  }

  killed(pid: number, { saves, sandboxes }: Acknowledged): void {
    const steps = sandboxes.map(({ id, step }) => `${id} at step ${step}`).join(', ');
    this.#step(2, `kill -9 ${pid}, in the middle of its saves`);
    this.#print(`   ${saves} saves were acknowledged: ${steps}. Its containers go on without it.`);
  }

  containerKilled({ sandbox, container, pid }: { sandbox: string; container: string; pid: number }): void {
    this.#print(`   kill -9 ${pid}: container ${sandbox}/${container} dies, and no supervisor sees it.`);
  }

  restored(pid: number, sandboxes: readonly RestoredSandbox[], waitedMs: number): void {
    this.#step(
      3,
      `Supervisor ${pid} starts, and has the locks of the dead one after ${(waitedMs / 1000).toFixed(1)} s`,
    );
    this.#print('   It restored, and compared with the processes that are there:');
    const rows = sandboxes.flatMap(({ id, step, revision, containers, alive }) =>
      containers.map((container) => [
        `${id}/${container.id}`,
        String(container.pid ?? '-'),
        container.state,
        alive.includes(container.id) ? 'alive: adopted' : 'gone',
        String(step),
        revision,
      ]),
    );
    const table = formatTable(['container', 'pid', 'stored', 'process', 'step', 'revision'], rows);
    for (const line of table.split('\n')) this.#print(`   ${line}`);
    this.#step(4, 'It ends what it adopted');
  }

  ended(id: string): void {
    this.#print(`   ${id}: all processes ended, sandbox destroyed`);
  }

  proven(saves: number): void {
    const { green } = colorsFor(process.stdout);
    this.#print();
    this.#print(
      green(`Proven: of ${saves} acknowledged saves none was lost to kill -9, every living container was found again,`),
    );
    this.#print(green('the dead one was noticed, and no process was left behind.'));
  }

  #step(number: number, text: string): void {
    const { bold } = colorsFor(process.stdout);
    this.#print();
    this.#print(bold(`${number}. ${text}`));
  }

  #print(line?: string): void {
    if (!this.#signal.aborted) print(line);
  }
}
