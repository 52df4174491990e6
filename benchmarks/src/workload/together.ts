export const inFlight = 64;

/** Runs it for 64 names at once. */
export function together(run: (name: string) => unknown): () => Promise<unknown> {
  return () => Promise.all(Array.from({ length: inFlight }, (_, index) => run(`box-${index}`)));
}
