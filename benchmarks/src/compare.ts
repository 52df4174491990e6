/** Something to be measured against the others of its group. */
export interface Candidate {
  readonly name: string;
  run(): Promise<unknown> | unknown;
}

export interface Measurement {
  readonly name: string;
  /** Median of one run, in microseconds. */
  readonly medianUs: number;
  /** How much longer than the first candidate of the group. */
  readonly ratio: number;
}

export interface Effort {
  /** How often each candidate gets its turn. */
  readonly rounds: number;
  /** How often it runs in one turn. */
  readonly runs: number;
}

/**
 * Measures candidates side by side: they take turns within each round, in changing order, so that
 * whatever else the machine does meets all of them. The first one is what the others are compared to.
 */
export async function compare(candidates: readonly Candidate[], { rounds, runs }: Effort): Promise<Measurement[]> {
  const times = new Map<Candidate, number[]>(candidates.map((candidate) => [candidate, []]));
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? candidates : candidates.toReversed();
    for (const candidate of order) {
      for (let run = 0; run < runs; run++) {
        const begun = performance.now();
        await candidate.run();
        if (round >= 0) times.get(candidate)?.push((performance.now() - begun) * 1000);
      }
    }
  }
  const medians = candidates.map((candidate) => median(times.get(candidate) ?? []));
  const [base = 1] = medians;
  return candidates.map(({ name }, index) => ({
    name,
    medianUs: medians[index] ?? 0,
    ratio: (medians[index] ?? 0) / base,
  }));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
