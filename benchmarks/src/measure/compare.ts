import type { Candidate } from './candidate.js';
import type { Measurement } from './group.js';

export interface Effort {
  /** How often each candidate gets its turn. */
  readonly rounds: number;
  /** How often it runs in one turn. */
  readonly runs: number;
}

/**
 * Measures candidates side by side, in microseconds: they take turns within each round, in changing
 * order, so that whatever else the machine does meets all of them. The first one is what the others are
 * compared to.
 */
export async function compare(candidates: readonly Candidate[], { rounds, runs }: Effort): Promise<Measurement[]> {
  const times = new Map<Candidate, number[]>(candidates.map((candidate) => [candidate, []]));
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? candidates : candidates.toReversed();
    for (const candidate of order) {
      for (let run = 0; run < runs; run++) {
        await candidate.prepare?.();
        const begun = performance.now();
        const result = candidate.run();
        if (result instanceof Promise) await result;
        if (round >= 0) times.get(candidate)?.push((performance.now() - begun) * 1000);
      }
    }
  }
  return withRatios(candidates.map((candidate) => ({ ...candidate, value: median(times.get(candidate) ?? []) })));
}

/** Adds to each value how many times the first one it is. */
export function withRatios(values: readonly Omit<Measurement, 'ratio'>[]): Measurement[] {
  const base = values[0]?.value ?? 1;
  return values.map(({ name, value, lacks }) => ({ name, value, ratio: value / base, lacks }));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
