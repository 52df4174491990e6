import { execFileSync } from 'node:child_process';
import { median } from '../measure/compare.js';

/** A process and how long it takes from its start to its end. */
export interface Run {
  readonly name: string;
  readonly args: readonly string[];
}

/** The medians of the times, in milliseconds, of processes that take turns. */
export function timeProcesses(runs: readonly Run[], rounds: number): { name: string; value: number }[] {
  const times = new Map<Run, number[]>(runs.map((run) => [run, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const run of round % 2 === 0 ? runs : runs.toReversed()) {
      const begun = performance.now();
      execFileSync(process.execPath, run.args, { stdio: 'ignore' });
      if (round >= 0) times.get(run)?.push(performance.now() - begun);
    }
  }
  return runs.map((run) => ({ name: run.name, value: median(times.get(run) ?? []) }));
}
