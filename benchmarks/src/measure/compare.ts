import { randomInt } from 'node:crypto';
import type { Candidate } from './candidate.js';
import type { Measurement } from './group.js';

export interface Effort {
  /** How often each candidate gets its turn. */
  readonly rounds: number;
  /** How often it runs in one turn. */
  readonly runs: number;
  /** What is done before each turn, and is not measured: ends what the one before has left to be done. */
  settle?(): void;
}

/** A candidate runs unmeasured until it has run this often, or for this long: until then much of it is interpreted. */
const warmUp = { runs: 1000, ms: 400 };

/**
 * Measures candidates side by side, in microseconds: they take turns within each round, in random
 * order, so that whatever else the machine does meets all of them. The first one is what the others are
 * compared to.
 */
export async function compare(candidates: readonly Candidate[], effort: Effort): Promise<Measurement[]> {
  const { rounds, runs } = effort;
  for (const candidate of candidates) await warm(candidate);
  const times = new Map<Candidate, number[]>(candidates.map((candidate) => [candidate, []]));
  for (let round = 0; round < rounds; round++) {
    for (const candidate of shuffled(candidates)) {
      effort.settle?.();
      for (let run = 0; run < runs; run++) times.get(candidate)?.push(await timeRun(candidate));
    }
  }
  return withRatios(candidates.map((candidate) => ({ ...candidate, value: median(times.get(candidate) ?? []) })));
}

function shuffled<T>(items: readonly T[]): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(randomInt(rest.length), 1)[0] as T);
}

async function warm(candidate: Candidate): Promise<void> {
  const end = performance.now() + warmUp.ms;
  for (let run = 0; run < warmUp.runs && performance.now() < end; run++) await timeRun(candidate);
}

/** How long one run takes, in microseconds. */
async function timeRun(candidate: Candidate): Promise<number> {
  await candidate.prepare?.();
  const begun = performance.now();
  const result = candidate.run();
  if (result instanceof Promise) await result;
  return (performance.now() - begun) * 1000;
}

/** Adds to each value how many times the first one it is. */
export function withRatios(values: readonly Omit<Measurement, 'ratio'>[]): Measurement[] {
  const base = values[0]?.value ?? 1;
  return values.map(({ name, value, lacks }) => ({ name, value, ratio: value / base, lacks }));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
