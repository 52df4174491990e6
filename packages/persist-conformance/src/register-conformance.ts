import { inspect } from 'node:util';
import { checkHarness } from './check-harness.js';
import { type ConformanceCase, type SectionId, sections } from './conformance-case.js';
import { documentationOf } from './documentation.js';
import type { Harness } from './harness.js';
import { caseLimitMs, cleanupLimitMs, runCase, whyNotVerified } from './run-case.js';
import { chooseSeed } from './seed.js';
import { selectCases } from './select-cases.js';

/** What the suite needs of a test runner: `describe` and `it` of vitest, node:test, jest or mocha. */
export interface TestRunner {
  describe(name: string, register: () => void): unknown;
  it: TestFunction;
}

/** `it` or `test` of a test runner. */
export interface TestFunction {
  (name: string, run: (...context: any[]) => Promise<void>, limitMs?: number): unknown;
  skip?(name: string, run?: () => Promise<void>): unknown;
}

/** Which cases are registered. */
export interface RegisterConformanceOptions {
  /** The sections (`'D'`), levels (`'core'`: that level alone) and cases (`'D33'`) to register. @default all */
  readonly only?: readonly string[] | undefined;
  /** An integer from 0 to 2^32 - 1 that decides the races' choices. @default by chance; a failure tells it */
  readonly seed?: number | undefined;
}

/**
 * Registers the suite with a test runner: one `describe` a section, one `it` a case. Call it at the top
 * of a test file, or within a `describe` of your own.
 *
 * A case that the harness lacks a hook for is registered as skipped, and its title says
 * `(not verified: reason)`.
 * @throws `INVALID_ARGUMENT` for a harness that is none, an unknown section, level or case, or a seed out of range
 */
export function registerConformance<Location>(
  { describe, it }: TestRunner,
  harness: Harness<Location>,
  options: RegisterConformanceOptions = {},
): void {
  checkHarness(harness);
  const cases = selectCases(options.only);
  const seed = chooseSeed(options.seed);
  describe(`conformance of ${harness.name}`, () => {
    for (const section of Object.keys(sections) as SectionId[]) {
      const own = cases.filter((testCase) => testCase.section === section);
      if (own.length === 0) continue;
      describe(`${section}. ${sections[section]}`, () => {
        for (const testCase of own) registerCase(it, testCase, harness as Harness, seed);
      });
    }
  });
}

function registerCase(it: TestFunction, testCase: ConformanceCase, harness: Harness, seed: number): void {
  const name = `${testCase.id} ${testCase.title}`;
  const missing = whyNotVerified(testCase, harness);
  if (missing !== undefined) {
    const register = it.skip ?? it;
    register(`${name} (${missing.message})`, async () => {});
    return;
  }
  const limitMs = caseLimitMs * 2 + cleanupLimitMs * 2;
  const run = async function (this: unknown, ...[context]: unknown[]): Promise<void> {
    const runner = contextOf(context) ?? contextOf(this);
    runner?.timeout?.(limitMs);
    const outcome = await runCase(testCase, harness, { seed });
    if (outcome.status === 'failed') throw new ConformanceFailure(testCase, outcome.error, seed);
    if (outcome.status === 'not-verified') sayNotVerified(runner, `${name} (not verified: ${outcome.reason})`);
  };
  it(name, run, limitMs);
}

/** What vitest and node:test pass to a test, and what mocha calls it on. */
interface SkippableContext {
  skip(reason: string): unknown;
  /** Of mocha, which takes no limit when a test is registered. */
  timeout?(limitMs: number): unknown;
}

function contextOf(value: unknown): SkippableContext | undefined {
  return typeof Object(value).skip === 'function' ? (value as SkippableContext) : undefined;
}

function sayNotVerified(context: SkippableContext | undefined, text: string): void {
  if (context === undefined) console.warn(text);
  else context.skip(text);
}

/** Why a case failed, with how to repeat it; the failure itself is the cause. */
class ConformanceFailure extends Error {
  override readonly name = 'ConformanceFailure';

  constructor({ id, title, proves }: ConformanceCase, cause: unknown, seed: number) {
    const why = cause instanceof Error ? cause.message : inspect(cause);
    const story = [
      `${id} ${title}: ${why}\n`,
      `Why it matters: ${proves}`,
      `More about it: ${documentationOf(id)}`,
      `To repeat it: { only: ['${id}'], seed: ${seed} }`,
    ];
    super(story.join('\n'), { cause });
  }
}
