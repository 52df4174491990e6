import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PersistDriver } from '@sandkeep/persist-api';
import type { CaseContext } from '../case-context.js';
import type { ConformanceCase } from '../conformance-case.js';
import { collect } from '../documents.js';
import { inBackground } from '../in-background.js';
import { NotVerified } from '../not-verified.js';
import { advance, numberIn } from '../numbered-document.js';
import type { DriverProcess } from '../process/driver-process.js';
import { whileStopped } from '../process/stopped.js';
import type { Advanced } from '../process/tasks.js';
import { withinTime } from '../within-time.js';

const limit = 1024 * 1024;
/** For a write that meets the claim of a process that is stopped, in milliseconds: a lease may have to run out first. */
const progressMs = 20_000;

export const crashCases: readonly ConformanceCase[] = [
  {
    id: 'E48',
    section: 'E',
    title: 'after SIGKILLs in the middle of writes, all that was acknowledged is there, and all that is there is whole',
    proves: 'A supervisor that dies at any moment finds its last state again.',
    needs: ['openInProcess', 'kill'],
    async run(context) {
      const driver = await context.open();
      const acknowledged = new Map<string, Advanced>();
      let next = context.spawn();
      for (let kill = 0; kill < 4; kill += 1) {
        const child = await next;
        next = inBackground(context.spawn());
        const writing = new Writing(child, [`own/${kill}`, 'shared'], context);
        await writing.acknowledges(3);
        await sleep(context.random.integer(5 + Math.ceil(1.5 * writing.pace)));
        await child.kill();
        for (const step of writing.acknowledged) acknowledged.set(step.key, step);
        for (const step of acknowledged.values()) await assertKept(driver, step);
        assert.deepEqual(
          await collect(driver.list('')),
          [...acknowledged.keys()].sort(),
          'list after a SIGKILL must show the documents and nothing else',
        );
        acknowledged.set('shared', { key: 'shared', ...(await advance(driver, 'shared', () => 100)) });
      }
      await next;
    },
  },
  {
    id: 'E49',
    section: 'E',
    title: 'no update is lost when a process is stopped in the middle of a write, and others write meanwhile',
    proves: 'A suspended machine that wakes up goes on without undoing what happened in between.',
    needs: ['openInProcess', 'pause'],
    async run(context) {
      const driver = await context.open();
      const child = await context.spawn();
      const writing = new Writing(child, ['shared'], context);
      let ownWrites = 0;
      for (let pause = 0; pause < 4; pause += 1) {
        await writing.acknowledges(writing.acknowledged.length + 1);
        await sleep(context.random.integer(12));
        await whileStopped(child, async () => {
          for (let write = 0; write < 2; write += 1) {
            await advance(driver, 'shared', () => 100);
            ownWrites += 1;
          }
        });
      }
      await child.run('stop', undefined);
      const childWrites = await writing.ended;
      const n = numberIn(await driver.read('shared'), 'shared');
      assert.equal(
        n,
        ownWrites + childWrites,
        `${ownWrites} updates here and ${childWrites} in a process that was stopped 4 times must end at their sum, not ${n}`,
      );
    },
  },
  {
    id: 'E49-progress',
    section: 'E',
    title: 'others can write while a process is stopped in the middle of a write',
    proves: 'One suspended machine does not bring all the others to a stand.',
    needs: ['openInProcess', 'pause'],
    async run(context) {
      const driver = await context.open();
      if (driver.capabilities.stoppedWriterBlocks) {
        throw new NotVerified('the driver declares that a stopped writer holds up the others', { optional: true });
      }
      const child = await context.spawn();
      const writing = new Writing(child, ['shared'], context);
      for (let pause = 0; pause < 40; pause += 1) {
        await sleep(context.random.integer(4));
        await child.pause();
        await withinTime(
          advance(driver, 'shared', () => 100),
          progressMs,
          'a write beside a process that is stopped',
        );
        child.resume();
      }
      await child.run('stop', undefined);
      await writing.ended;
    },
  },
  {
    id: 'E51',
    section: 'E',
    title: 'what dead processes left behind is removed at the next open, what belongs to living ones is not',
    proves: 'Crashes do not fill the storage, and cleaning up harms nobody who was only slow.',
    needs: ['openInProcess', 'kill', 'pause', 'leftOvers'],
    async run(context) {
      await context.open();
      const child = await context.spawn();
      const writing = new Writing(child, ['own'], context);
      const ofLiving = await stopWithin(context, child, writing);
      await context.open();
      const kept = await context.leftOvers();
      assert.deepEqual(
        ofLiving.filter((name) => !kept.includes(name)),
        [],
        'what belongs to a process that is only stopped must stay',
      );
      child.resume();
      await writing.acknowledges(writing.acknowledged.length + 2);
      await stopWithin(context, child, writing);
      await child.kill();
      const successor = await context.open();
      assert.deepEqual(await context.leftOvers(), [], 'opening must remove what a dead process left behind');
      await assertKept(successor, writing.acknowledged.at(-1) as Advanced);
    },
  },
];

/** A child process that overwrites documents until it is told to stop, or dies. */
class Writing {
  /** What it was told to be written, so far. */
  readonly acknowledged: Advanced[] = [];
  /** Resolves with the number of its writes when the child was told to stop. */
  readonly ended: Promise<number>;
  /** How long its latest write took, in milliseconds. */
  pace = 0;
  #latest = performance.now();
  #wake = () => {};

  constructor(child: DriverProcess, keys: readonly string[], { random }: CaseContext) {
    const input = { keys, seed: random.integer(2 ** 32), limit };
    this.ended = inBackground(
      child.run('advance', input, (event) => {
        this.acknowledged.push(event as Advanced);
        const now = performance.now();
        this.pace = now - this.#latest;
        this.#latest = now;
        this.#wake();
      }),
    );
  }

  /** Resolves once so many of its writes are acknowledged; rejects if the child ends before. */
  async acknowledges(count: number): Promise<void> {
    while (this.acknowledged.length < count) {
      const next = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([next, this.ended]);
    }
  }
}

/** Stops the child where its write has left-overs so far, if there is such a moment. @returns what is left over */
async function stopWithin(context: CaseContext, child: DriverProcess, writing: Writing): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt += 1) {
    await writing.acknowledges(writing.acknowledged.length + 1);
    await sleep(context.random.integer(10));
    await child.pause();
    const leftOvers = await context.leftOvers();
    if (leftOvers.length > 0 || attempt === 8) return leftOvers;
    child.resume();
  }
}

/** Fails the case unless the document is whole, and the acknowledged one or a later one. */
async function assertKept(driver: PersistDriver, { key, n, version }: Advanced): Promise<void> {
  const document = await driver.read(key);
  const found = numberIn(document, key);
  assert.ok(found >= n, `number ${n} of "${key}" was acknowledged before the SIGKILL, but number ${found} is there`);
  if (found === n)
    assert.equal(document?.version, version, `number ${n} of "${key}" must have its acknowledged version`);
}
