/** How long synchronous work may hold the event loop before it gets a turn. */
const heldMs = 1;
let heldSince: number | undefined;
const waiting: (() => void)[] = [];

/**
 * What works on the main thread (small file calls, parsing) could keep timers and sockets waiting for as long as a
 * caller goes on who awaits one call after the other, or begins many at once. Before each piece of work this
 * says whether the loop has to turn first; those who wait go on in their order, a millisecond's worth a turn.
 * @returns what to wait for; undefined to go on at once, without awaiting, so that the next caller's
 *   question comes after this one's work
 */
export function turnIfHeld(): Promise<void> | undefined {
  if (waiting.length === 0 && !isHeld()) return undefined;
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(letGo);
  });
}

function isHeld(): boolean {
  const now = performance.now();
  if (heldSince === undefined) {
    heldSince = now;
    setImmediate(() => {
      heldSince = undefined;
    });
  }
  return now - heldSince >= heldMs;
}

async function letGo(): Promise<void> {
  const until = performance.now() + heldMs;
  while (waiting.length > 0 && performance.now() < until) {
    waiting.shift()?.();
    await undefined; // whoever goes on works before this does
  }
  if (waiting.length > 0) setImmediate(letGo);
}
