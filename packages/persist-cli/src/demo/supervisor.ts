/**
 * The supervisor of the demo, a process of its own: `node supervisor.js <namespace>`. It restores
 * whatever another supervisor left in the store; if there is nothing, it starts two sandboxes and then
 * saves their state over and over.
 *
 * The first line of its standard input is the URL of the store, which may hold a password. It ends
 * everything on a second line, or when its standard input ends because the demo died.
 */
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SandboxStore } from '@sandkeep/persist-api';
import { openChosenDriver } from '../open-chosen-driver.js';
import { plan } from './plan.js';
import { SupervisedSandbox } from './supervised-sandbox.js';
import type { SupervisorEvent } from './supervisor-event.js';

for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {}); // the demo decides
process.removeAllListeners('warning'); // the demo, which opens the same store, tells them
process.stdout.on('error', () => {}); // the demo died: standard input says so, too

const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
const [, , namespace = ''] = process.argv;
const { value: url } = await lines.next();
let isTold = false;
const told = lines.next().then(() => {
  isTold = true;
});

try {
  await using driver = await openChosenDriver({ url });
  const store = new SandboxStore(driver, { namespace });
  const restored = await restore(store);
  const sandboxes = restored.length > 0 ? restored : await startAll(store);
  if (restored.length === 0) await keepSaving(sandboxes);
  await told;
  for (const sandbox of sandboxes) {
    await sandbox.end();
    tell({ type: 'ended', id: sandbox.id });
  }
} catch (error) {
  tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
input.close();
process.stdin.destroy();

/** What the last supervisor left: nothing, if there was none. */
async function restore(store: SandboxStore): Promise<SupervisedSandbox[]> {
  const ids: string[] = [];
  for await (const id of store.list()) ids.push(id);
  const sandboxes = await Promise.all(ids.map((id) => SupervisedSandbox.restore(store, namespace, id)));
  const found = sandboxes.map(async (sandbox) => ({ ...sandbox.record, alive: await sandbox.alive() }));
  const restored = await Promise.all(found);
  tell({ type: 'restored', sandboxes: restored });
  for (const [index, sandbox] of sandboxes.entries()) {
    tell({ type: 'saved', sandbox: await sandbox.adopt(restored[index]?.alive ?? []) });
  }
  return sandboxes;
}

async function startAll(store: SandboxStore): Promise<SupervisedSandbox[]> {
  const sandboxes = await Promise.all(
    Object.entries(plan).map(([id, containerIds]) => SupervisedSandbox.create(store, namespace, id, containerIds)),
  );
  for (const sandbox of sandboxes) {
    tell({ type: 'saved', sandbox: await sandbox.save() });
    for (const id of sandbox.containerIds) tell({ type: 'saved', sandbox: await sandbox.start(id) });
  }
  return sandboxes;
}

async function keepSaving(sandboxes: readonly SupervisedSandbox[]): Promise<void> {
  while (!isTold) {
    for (const sandbox of sandboxes) tell({ type: 'saved', sandbox: await sandbox.save() });
    await nextTurn();
  }
}

function tell(event: SupervisorEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
