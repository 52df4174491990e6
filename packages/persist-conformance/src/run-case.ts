import { inspect } from 'node:util';
import { CaseContext, missingHook } from './case-context.js';
import type { ConformanceCase } from './conformance-case.js';
import type { Harness } from './harness.js';
import { isHook, isOptional } from './need.js';
import { NotVerified } from './not-verified.js';
import { Random } from './random.js';
import { unlessAborted } from './unless-aborted.js';
import { withinTime } from './within-time.js';

/** How long a case may take. Far more than any case needs on a slow backend: it ends what hangs. */
export const caseLimitMs = 120_000;
/** How long the instances, child processes and storages of a case may take to close. */
export const cleanupLimitMs = 30_000;

export type Outcome =
  | { readonly status: 'passed' }
  | { readonly status: 'not-verified'; readonly reason: string; readonly optional: boolean }
  | { readonly status: 'failed'; readonly error: unknown };

export interface RunCaseOptions {
  readonly seed: number;
  /** @default caseLimitMs */
  readonly limitMs?: number | undefined;
  /** Ends the case early: it is cleaned up after, and fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a case cannot be verified with this harness; undefined if the harness has all that it needs. */
export function whyNotVerified({ needs }: ConformanceCase, harness: Harness): NotVerified | undefined {
  const missing = needs.filter(isHook).find((hook) => harness[hook] === undefined);
  return missing && new NotVerified(missingHook(missing), { optional: isOptional(missing) });
}

/** Runs one case on a storage of its own. Never rejects: whatever goes wrong is the case's failure. */
export async function runCase(
  testCase: ConformanceCase,
  harness: Harness,
  { seed, limitMs = caseLimitMs, signal }: RunCaseOptions,
): Promise<Outcome> {
  const missing = whyNotVerified(testCase, harness);
  if (missing !== undefined) return outcomeOf(missing);
  let context: CaseContext;
  try {
    const creating = CaseContext.create(harness, new Random(seed, testCase.id));
    context = await withinTime(creating, limitMs, 'the harness to create a storage');
  } catch (error) {
    return { status: 'failed', error };
  }
  const running = unlessAborted(() => testCase.run(context), signal);
  const outcome = await withinTime(running, limitMs, 'the case').then((): Outcome => ({ status: 'passed' }), outcomeOf);
  const cleanup = await cleanUp(context);
  return outcome.status === 'failed' ? outcome : (cleanup ?? outcome);
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof NotVerified)) return { status: 'failed', error };
  return { status: 'not-verified', reason: error.reason, optional: error.optional };
}

async function cleanUp(context: CaseContext): Promise<Outcome | undefined> {
  try {
    const [error] = await withinTime(context.dispose(), cleanupLimitMs, 'everything that the case opened to close');
    if (error === undefined) return undefined;
    const what = error instanceof Error ? error.message : inspect(error);
    return { status: 'failed', error: new Error(`closing what the case opened failed: ${what}`, { cause: error }) };
  } catch (error) {
    return { status: 'failed', error };
  }
}
