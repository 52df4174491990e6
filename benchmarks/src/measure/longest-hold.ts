/**
 * How long the event loop was held at a time while `run` ran, in microseconds: the longest, and the one
 * that all but one in a hundred stay below. The loop is asked again as soon as it has answered.
 */
export async function holds(run: () => Promise<unknown>): Promise<{ longest: number; percentile99: number }> {
  const gaps: number[] = [];
  let isOver = false;
  let last = performance.now();
  const ask = () => {
    const now = performance.now();
    gaps.push((now - last) * 1000);
    last = now;
    if (!isOver) setImmediate(ask);
  };
  setImmediate(ask);
  await run();
  isOver = true;
  gaps.push((performance.now() - last) * 1000);
  gaps.sort((a, b) => a - b);
  return { longest: gaps.at(-1) ?? 0, percentile99: gaps[Math.floor(gaps.length * 0.99)] ?? 0 };
}
