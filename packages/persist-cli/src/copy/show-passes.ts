import type { PersistDriver } from '@sandkeep/persist-api';
import { startProgress } from '../progress.js';
import { collectGarbage } from './collect-garbage.js';
import type { CopyReport } from './copy-report.js';
import { countDocuments } from './store-part.js';

export interface PassesOptions {
  /** What is done, for people: `copying`. */
  readonly doing: string;
  readonly prefix: string;
  readonly hidden: boolean;
  readonly signal: AbortSignal;
}

/** Shows on a terminal how far each pass over a store has come, and notes in the report when the first one ended. */
export async function showPasses(report: CopyReport, store: PersistDriver, options: PassesOptions) {
  const { doing, prefix, signal } = options;
  const hidden = options.hidden || !process.stderr.isTTY;
  const total = hidden ? 0 : await countDocuments(store, prefix, signal);
  const progress = await startProgress(doing, total, hidden);
  report.takenUntil = new Date();
  const collect = collectGarbage();
  let compares = false;
  return {
    onLook(pass: 'take' | 'compare') {
      if (pass === 'take') report.takenUntil = new Date();
      else if (!compares) progress.restart('comparing');
      compares = pass === 'compare';
      progress.step();
      collect();
    },
    end: () => progress.end(),
  };
}
