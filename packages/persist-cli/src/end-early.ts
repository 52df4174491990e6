import { Interruption } from './interruption.js';
import { outputClosed } from './output.js';

/** Under npx one Ctrl-C arrives twice, from the terminal and from npm: what comes so soon, in milliseconds, is the same. */
const sameInterruptMs = 1_000;

/**
 * Aborted by what ends a command early: Ctrl-C and its like, and output that nobody reads. A second
 * Ctrl-C ends the process at once.
 */
export function endEarly(): AbortSignal {
  const interrupted = new AbortController();
  let since = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const interruption = new Interruption(signal);
    process.on(signal, () => {
      if (!interrupted.signal.aborted) since = performance.now();
      else if (performance.now() - since > sameInterruptMs) process.exit(interruption.exitCode);
      interrupted.abort(interruption);
    });
  }
  return AbortSignal.any([interrupted.signal, outputClosed]);
}
