/** Makes of a call for one name what is measured. */
export type Repeat = (run: (name: string) => unknown) => () => unknown;

export const inFlight = 64;

/** Runs it for one name. */
export function once(run: (name: string) => unknown): () => unknown {
  return () => run('box');
}

/** Runs it for 64 names at once. */
export function together(run: (name: string) => unknown): () => Promise<unknown> {
  return () => Promise.all(Array.from({ length: inFlight }, (_, index) => run(`box-${index}`)));
}
