import { monitorEventLoopDelay } from 'node:perf_hooks';

const attempts = 5;

/**
 * Runs `attempt`, whose outcome means something only if this process renews a lease of `ttlMs` in time:
 * a failure during which the event loop stood still for half of that is tried again, some times.
 */
export async function unlessStalled(ttlMs: number, attempt: () => Promise<void>): Promise<void> {
  for (let left = attempts; ; left -= 1) {
    const delay = monitorEventLoopDelay();
    delay.enable();
    try {
      return await attempt();
    } catch (error) {
      if (left === 1 || delay.max / 1e6 < ttlMs / 2) throw error;
    } finally {
      delay.disable();
    }
  }
}
