/** How long synchronous file calls may hold the event loop before it gets a turn. */
const heldMs = 1;
let heldSince: number | undefined;

/**
 * Small file calls run on the main thread, so a caller that awaits one after the other could keep
 * timers and sockets waiting for as long as it goes on. Before each operation this says whether the
 * loop has to turn first.
 * @returns undefined to go on at once, or what to wait for
 */
export function turnIfHeld(): Promise<void> | undefined {
  const now = performance.now();
  if (heldSince === undefined) {
    heldSince = now;
    setImmediate(() => {
      heldSince = undefined;
    });
    return undefined;
  }
  if (now - heldSince < heldMs) return undefined;
  return new Promise((resolve) => setImmediate(resolve));
}
