import { runConformance } from '@sandkeep/persist-conformance';
import { expect, test } from 'vitest';
import { testedDrivers } from './drivers.js';

const runs = 10;

test.each(testedDrivers)(
  `$name: ${runs} runs in a row with different seeds, without a failure`,
  async ({ name, start }) => {
    const { harness, close } = await start();
    const failures: string[] = [];
    try {
      for (let run = 1; run <= runs; run += 1) {
        const { cases, durationMs, seed, totals } = await runConformance(harness);
        console.log(
          `${name}, run ${run}, seed ${seed}: ${JSON.stringify(totals)} in ${Math.round(durationMs / 1000)} s`,
        );
        for (const { id, status, error } of cases) {
          if (status !== 'failed') continue;
          console.error(`${id} failed:`, error);
          failures.push(`${id}, seed ${seed}`);
        }
      }
    } finally {
      await close();
    }
    expect(failures).toEqual([]);
  },
);
