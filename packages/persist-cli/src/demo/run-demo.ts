import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxStore } from '@sandkeep/persist-api';
import { CommandFailure } from '../command-failure.js';
import { checkRestored } from './check-restored.js';
import { isAlive, isGoneWithin, sendSignal } from './container-process.js';
import type { DemoReport } from './demo-report.js';
import { plan, victim } from './plan.js';
import { Stage } from './stage.js';
import type { RestoredSandbox } from './supervisor-event.js';
import type { SupervisorSettings } from './supervisor-process.js';

/** What the demo has shown. */
export interface DemoResult {
  readonly namespace: string;
  /** Saves that were acknowledged when the first supervisor was killed. */
  readonly acknowledgedSaves: number;
  readonly killedSupervisor: number;
  readonly newSupervisor: number;
  readonly restored: readonly RestoredSandbox[];
}

/** Saves that the first supervisor makes in its loop before it is killed. */
const savesBeforeKill = 40;

/**
 * Kills a supervisor of real processes while it saves, and lets a new one take over.
 * @param store the same store as in `settings`, with nothing in it
 * @param signal ends the demo early: it rejects with the signal's reason, and leaves nothing behind
 * @throws CommandFailure if anything restored differs from what was acknowledged, or any process is left
 */
export async function runDemo(
  settings: SupervisorSettings,
  store: SandboxStore,
  report: DemoReport,
  signal: AbortSignal,
): Promise<DemoResult> {
  const stage = new Stage(settings, signal);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  let result: DemoResult;
  try {
    result = await Promise.race([play(stage, settings, report), aborted]);
  } catch (error) {
    await stage.clear(store).catch(() => {}); // the first error is the one to tell
    throw error;
  }
  await stage.clear(store);
  return result;
}

async function play(stage: Stage, settings: SupervisorSettings, report: DemoReport): Promise<DemoResult> {
  const { acknowledged } = stage;
  const first = await stage.startSupervisor();
  await first.next('restored');
  report.started(first.pid);
  const firstSaves = Object.values(plan).flat().length + Object.keys(plan).length;
  while (acknowledged.saves < firstSaves + savesBeforeKill) {
    const event = await first.next('saved');
    acknowledged.add(event);
    if (acknowledged.saves <= firstSaves) report.saved(event.sandbox);
  }
  await sleep(Math.random() * 30);
  for (const event of await first.kill()) acknowledged.add(event);
  const acknowledgedSaves = acknowledged.saves;
  report.killed(first.pid, acknowledged);

  const dead = acknowledged.processes.find((p) => p.sandbox === victim.sandbox && p.container === victim.container);
  if (dead === undefined) throw new CommandFailure('the container to be killed was never started');
  await sendSignal(dead, 'SIGKILL');
  if (!(await isGoneWithin(dead, 5_000))) throw new CommandFailure(`process ${dead.pid} did not end`);
  report.containerKilled(dead);

  const startedAt = performance.now();
  const second = await stage.startSupervisor();
  const { sandboxes: restored } = await second.next('restored');
  report.restored(second.pid, restored, performance.now() - startedAt);
  await checkRestored(acknowledged, restored);

  for (const _ of restored) acknowledged.add(await second.next('saved'));
  second.end();
  for (const _ of restored) report.ended((await second.next('ended')).id);
  await second.exited();
  for (const id of acknowledged.processes) {
    if (await isAlive(id)) throw new CommandFailure(`process ${id.pid} (${id.sandbox}/${id.container}) is still alive`);
  }
  report.proven(acknowledgedSaves);
  return {
    namespace: settings.namespace,
    acknowledgedSaves,
    killedSupervisor: first.pid,
    newSupervisor: second.pid,
    restored,
  };
}
