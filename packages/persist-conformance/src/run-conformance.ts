import { inspect } from 'node:util';
import type { PersistDriver } from '@sandkeep/persist-api';
import { checkHarness } from './check-harness.js';
import type { ConformanceCase } from './conformance-case.js';
import type { Harness } from './harness.js';
import { levelReached, levelReports } from './level-report.js';
import { levelOf } from './need.js';
import type { CaseReport, CaseStatus, Report } from './report.js';
import { caseLimitMs, cleanupLimitMs, type Outcome, runCase } from './run-case.js';
import { chooseSeed } from './seed.js';
import { selectCases } from './select-cases.js';
import { withinTime } from './within-time.js';

/** Which cases run, and who is told of them. */
export interface RunConformanceOptions {
  /** The sections (`'D'`), levels (`'core'`: that level alone) and cases (`'D33'`) to run. @default all */
  readonly only?: readonly string[] | undefined;
  /** An integer from 0 to 2^32 - 1 that decides the races' choices. @default by chance */
  readonly seed?: number | undefined;
  /** Called after each case. */
  readonly onProgress?: ((result: CaseReport) => void) | undefined;
  /** Ends the run early. What the case at work has opened is closed and removed first. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the suite without a test runner, one case after the other.
 *
 * Resolves also when cases fail: look at `totals`.
 * @throws `INVALID_ARGUMENT` for a harness that is none, an unknown section, level or case, or a seed out of range; the reason of
 * `signal` once that is aborted
 */
export async function runConformance<Location>(
  harness: Harness<Location>,
  options: RunConformanceOptions = {},
): Promise<Report> {
  checkHarness(harness);
  const cases = selectCases(options.only);
  const seed = chooseSeed(options.seed);
  const { signal } = options;
  signal?.throwIfAborted();
  const startedAt = new Date();
  const driver = await describeDriver(harness);
  const results: CaseReport[] = [];
  for (const testCase of cases) {
    signal?.throwIfAborted();
    const start = performance.now();
    const outcome = await runCase(testCase, harness as Harness, { seed, signal });
    signal?.throwIfAborted();
    const result = caseReport(testCase, outcome, Math.round(performance.now() - start));
    results.push(result);
    options.onProgress?.(result);
  }
  const count = (status: CaseStatus) => results.filter((result) => result.status === status).length;
  const levels = levelReports(results);
  const level = levelReached(levels);
  return {
    harness: harness.name,
    ...(driver && { driver }),
    seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    totals: { passed: count('passed'), failed: count('failed'), notVerified: count('not-verified') },
    ...(level && { level }),
    levels,
    cases: results,
  };
}

/** What the driver says of itself; undefined if it cannot be opened, which its cases will tell. */
async function describeDriver<Location>(harness: Harness<Location>): Promise<Report['driver']> {
  const describe = async () => {
    const location = await harness.create();
    let driver: PersistDriver | undefined;
    try {
      driver = await harness.open(location);
      const { name, specVersion, capabilities } = driver;
      return { name, specVersion, capabilities: { ...capabilities } };
    } finally {
      await driver?.close();
      await harness.dispose(location);
    }
  };
  return withinTime(describe(), caseLimitMs + cleanupLimitMs, 'the driver to open').catch(() => undefined);
}

function caseReport(testCase: ConformanceCase, outcome: Outcome, durationMs: number): CaseReport {
  const { id, section, title, proves } = testCase;
  const result = { id, section, level: levelOf(testCase), title, proves, status: outcome.status, durationMs };
  if (outcome.status === 'not-verified') {
    return { ...result, reason: outcome.reason, ...(outcome.optional && { optional: true }) };
  }
  if (outcome.status === 'failed') return { ...result, error: describeError(outcome.error) };
  return result;
}

function describeError(error: unknown): { message: string; stack: string } {
  return { message: error instanceof Error ? error.message : inspect(error), stack: inspect(error) };
}
