import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { expect, onTestFinished, test } from 'vitest';
import { rounds, timeFor } from '../support/rounds.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { toArray } from '../support/to-array.js';
import { Worker } from '../support/worker.js';
import { assertWhole, numberedState } from './workers/state.js';

const kills = rounds(16, 500);

test(`${kills} SIGKILLs of two writers: all that was acknowledged is there, and whole`, {
  timeout: timeFor(kills, 2000),
}, async () => {
  const root = temporaryDirectory();
  const driver = await openFsDriver({ root });
  onTestFinished(() => driver.close());
  const store = new SandboxStore(driver);
  const documents = join(root, 'default/sandboxes');
  await store.save('shared', numberedState(0, 500));
  const start = (own: string, first: number) =>
    new Worker(import.meta.url, 'workers/save-loop.js', [root, own, String(first)]);
  const writers = [start('w0', 0), start('w1', 0)];
  await Promise.all(writers.map((writer) => writer.line('own')));
  let longestWaitMs = 0;

  for (let kill = 0; kill < kills; kill++) {
    const own = `w${kill % 2}`;
    const writer = writers[kill % 2] as Worker;
    await writer.line('shared');
    await delay(Math.random() * 30);
    await writer.kill();

    const begun = performance.now();
    await store.update('shared', (draft) => void Object.assign(draft, numberedState(draft.sandbox.n as number, 700)));
    longestWaitMs = Math.max(longestWaitMs, performance.now() - begun);

    const last = await checkAcknowledged(store, own, writer.lines);
    const listed = await toArray(store.list());
    expect(listed, `afterwards there are ${readdirSync(documents)}`).toEqual(['shared', 'w0', 'w1']);
    writers[kill % 2] = start(own, last + 1);
  }
  console.log(`longest wait of the next writer after a kill: ${longestWaitMs.toFixed(0)} ms`);
});

/** The last number of the writer's own sandbox. */
async function checkAcknowledged(store: SandboxStore, own: string, lines: readonly string[]): Promise<number> {
  let last = 0;
  for (const [id, prefix] of [
    ['shared', 'shared'],
    [own, 'own'],
  ] as const) {
    const acknowledged = Math.max(
      ...lines.filter((line) => line.startsWith(prefix)).map((line) => Number(line.split(' ')[1])),
    );
    const snapshot = await store.load(id);
    assertWhole(snapshot);
    last = snapshot.sandbox.n as number;
    expect(last, `${id}, of which ${acknowledged} was acknowledged`).toBeGreaterThanOrEqual(acknowledged);
  }
  return last;
}
