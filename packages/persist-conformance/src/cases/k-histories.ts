import type { PersistDriver } from '@sandkeep/persist-api';
import type { CaseContext } from '../case-context.js';
import type { ConformanceCase } from '../conformance-case.js';
import { inBackground } from '../in-background.js';
import { assertLinearizable } from '../linearizability/assert-linearizable.js';
import { History, type HistoryEvent } from '../linearizability/history.js';
import { RegisterClient } from '../linearizability/register-client.js';
import { checkModel } from '../model/check-model.js';
import type { DriverProcess } from '../process/driver-process.js';
import { whileStopped } from '../process/stopped.js';

const keys = ['register/1', 'register/2'];

export const historyCases: readonly ConformanceCase[] = [
  {
    id: 'K99',
    section: 'K',
    title: '25 random sequences of calls of 3 instances do what a map with versions does',
    proves: 'Calls have no effect on each other that nobody thought of when writing the other cases.',
    needs: [],
    run: (context) => checkModel(context, 25, 25),
  },
  {
    id: 'K100',
    section: 'K',
    title: 'what several callers of 2 instances at once are told is linearizable',
    proves: 'Each call takes effect at one moment between call and answer: nobody sees a stale or a lost write.',
    needs: [],
    async run(context) {
      const history = new History();
      await Promise.all(
        [await context.open(), await context.openPeer()].flatMap((driver, index) =>
          ['a', 'b'].map((letter) => callInProcess(context, driver, history, `instance ${index + 1}${letter}`, 60)),
        ),
      );
      assertLinearizable(history.operations);
    },
  },
  {
    id: 'K100-processes',
    section: 'K',
    title: 'what 3 processes at once are told is linearizable',
    proves: 'The same between processes.',
    needs: ['openInProcess'],
    async run(context) {
      const history = new History();
      const children = await context.spawnSeveral(3);
      const clients = children.map(
        (child, index) => new RecordedProcess(context, child, history, `process ${index + 1}`, 60),
      );
      await Promise.all(clients.map((client) => client.ended));
      await lookAtTheEnd(context, history);
      assertLinearizable(history.operations);
    },
  },
  {
    id: 'K101',
    section: 'K',
    title: 'what processes are told is linearizable, also when some of them are killed and stopped',
    proves: 'A call that was cut short happened whole or not at all, once, and everybody agrees whether.',
    needs: ['openInProcess', 'kill', 'pause'],
    async run(context) {
      const history = new History();
      const children = await context.spawnSeveral(4);
      const clients = children.map(
        (child, index) => new RecordedProcess(context, child, history, `process ${index + 1}`),
      );
      const [first, second, third] = clients as [RecordedProcess, RecordedProcess, RecordedProcess];
      await first.goesOn(5 + context.random.integer(20));
      await first.child.kill();
      await second.goesOn(1 + context.random.integer(10));
      await whileStopped(second.child, () => third.goesOn(5));
      await third.goesOn(1 + context.random.integer(10));
      await third.child.kill();
      const survivors = clients.filter((client) => client !== first && client !== third);
      await Promise.all(survivors.map(({ child }) => child.run('stop', undefined)));
      await Promise.all(survivors.map(({ ended }) => ended));
      await lookAtTheEnd(context, history);
      assertLinearizable(history.operations);
    },
  },
];

/** A client in a child process. */
class RecordedProcess {
  readonly ended: Promise<void>;
  readonly child: DriverProcess;
  /** How many it has begun. */
  #calls = 0;
  #wake = () => {};

  constructor({ random }: CaseContext, child: DriverProcess, history: History, client: string, calls?: number) {
    this.child = child;
    const input = { client, keys, seed: random.integer(2 ** 32), ...(calls !== undefined && { calls }) };
    this.ended = inBackground(
      child.run('callRegisters', input, (event) => {
        history.record(client, event as HistoryEvent);
        this.#calls += (event as HistoryEvent).type === 'called' ? 1 : 0;
        this.#wake();
      }),
    );
  }

  /** Resolves once it has begun so many calls more; rejects if it fails before. */
  async goesOn(calls: number): Promise<void> {
    const goal = this.#calls + calls;
    while (this.#calls < goal) {
      const next = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([next, this.ended]);
    }
  }
}

async function callInProcess(
  { random }: CaseContext,
  driver: PersistDriver,
  history: History,
  client: string,
  calls: number,
): Promise<void> {
  const recorder = new RegisterClient(driver, { client, keys, calls, seed: random.integer(2 ** 32) });
  await recorder.run(async (event) => history.record(client, event));
}

/** Reads every register once all others have ended: what was acknowledged and is lost shows at the latest here. */
async function lookAtTheEnd(context: CaseContext, history: History): Promise<void> {
  const driver = await context.open();
  for (const key of keys) {
    const client = 'afterwards';
    const read: HistoryEvent = { type: 'called', key, question: { type: 'read' }, at: process.hrtime.bigint() };
    history.record(client, read);
    const document = await driver.read(key);
    const answer =
      document === undefined
        ? ({ type: 'nothing' } as const)
        : ({ type: 'document', text: Buffer.from(document.data).toString(), version: document.version } as const);
    history.record(client, { type: 'answered', answer, at: process.hrtime.bigint() });
  }
}
