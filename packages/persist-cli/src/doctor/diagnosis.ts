import type { Health, PersistDriver } from '@sandkeep/persist-api';
import { doctorNamespace, type Trial, tryOperations } from './try-operations.js';

/** What was found out about a store. Plain data. */
export interface Diagnosis {
  /** `at-risk`: it works, and there are risks. */
  readonly status: 'fine' | 'at-risk' | 'broken';
  readonly driver: string;
  readonly facts: Health['facts'];
  /** With what to do about each. */
  readonly risks: readonly string[];
  readonly operations: readonly Trial[];
}

/** An answer that takes longer endangers leases: a lock's is 5 s by default, and renewed at a third of that. */
const slowMs = 1_000;

/** Asks the driver what it promises, and tries what it can do. @throws the signal's reason */
export async function diagnose(
  driver: PersistDriver,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const health = await driver.health();
  signal.throwIfAborted();
  const operations = await tryOperations(driver, namespace ?? doctorNamespace, signal);
  const risks = [...health.risks, ...latencyRisks(operations)];
  const isBroken = health.status === 'unavailable' || operations.some(({ outcome }) => outcome !== 'ok');
  const status = isBroken ? 'broken' : risks.length > 0 ? 'at-risk' : 'fine';
  return { status, driver: driver.name, facts: health.facts, risks, operations };
}

function latencyRisks(trials: readonly Trial[]): string[] {
  const worst = Math.max(0, ...trials.map((trial) => trial.worst ?? 0));
  if (worst <= slowMs) return [];
  return [
    `An answer took ${(worst / 1000).toFixed(1)} s: holders can lose their locks for want of a renewal. ` +
      'Find out what slows the storage down, or give locks a longer ttlMs.',
  ];
}
