import { Interruption } from './interruption.js';
import { outputClosed } from './output.js';

/**
 * Aborted by what ends a command early: Ctrl-C and its like, and output that nobody reads. The second
 * Ctrl-C ends the process at once.
 */
export function endEarly(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interrupted.abort(new Interruption(signal)));
  }
  return AbortSignal.any([interrupted.signal, outputClosed]);
}
