import type { HarnessHook } from './harness.js';
import { type Level, levels } from './level.js';

/**
 * What a case can need beyond instances in one process: a hook of the harness, or to `kill` or `pause`
 * a child process.
 */
export type Need = HarnessHook | 'kill' | 'pause';

interface NeedTraits {
  /** The lowest level that is about it. */
  readonly level: Level;
  /** Not every driver has such a thing: a case that lacks it holds no level back. */
  readonly optional?: boolean;
}

const traits: Readonly<Record<Need, NeedTraits>> = {
  openMissing: { level: 'core', optional: true },
  openWithClient: { level: 'core', optional: true },
  secrets: { level: 'core', optional: true },
  storedFiles: { level: 'core', optional: true },
  openUnconditional: { level: 'core', optional: true },
  openInProcess: { level: 'concurrent' },
  kill: { level: 'crash-safe' },
  pause: { level: 'crash-safe' },
  corrupt: { level: 'crash-safe' },
  failStorage: { level: 'crash-safe' },
  leftOvers: { level: 'crash-safe', optional: true },
  storageFaults: { level: 'crash-safe', optional: true },
  recordCommits: { level: 'crash-safe', optional: true },
  loseAnswers: { level: 'crash-safe', optional: true },
  restartBackend: { level: 'crash-safe', optional: true },
  disturbances: { level: 'crash-safe', optional: true },
};

/** Every hook of a harness. */
export const hooks: readonly HarnessHook[] = (Object.keys(traits) as Need[]).filter(isHook);

/** The level of a case, which follows from what it needs. */
export function levelOf({ needs }: { readonly needs: readonly Need[] }): Level {
  const highest = Math.max(0, ...needs.map((need) => levels.indexOf(traits[need].level)));
  return levels[highest] as Level;
}

/** Whether a need is a hook of the harness. */
export function isHook(need: Need): need is HarnessHook {
  return need !== 'kill' && need !== 'pause';
}

/** Whether not every driver has what the need is about. */
export function isOptional(need: Need): boolean {
  return traits[need].optional ?? false;
}
