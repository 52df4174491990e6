/** A signal that follows two others until it is disposed of. */
export interface EitherSignal extends Disposable {
  readonly signal: AbortSignal;
}

function nothing(): void {}

/**
 * A signal that aborts with whichever of the two aborts first. Unlike `AbortSignal.any`, once disposed
 * of it leaves nothing behind in a signal that lives long. Without a second it is the first itself.
 */
export function eitherSignal(first: AbortSignal, second: AbortSignal | undefined): EitherSignal {
  if (second === undefined) return { signal: first, [Symbol.dispose]: nothing };
  const either = new AbortController();
  const sources = [first, second];
  const follow = () => either.abort(sources.find((source) => source.aborted)?.reason);
  if (sources.some((source) => source.aborted)) follow();
  else for (const source of sources) source.addEventListener('abort', follow);
  return {
    signal: either.signal,
    [Symbol.dispose]: () => {
      for (const source of sources) source.removeEventListener('abort', follow);
    },
  };
}
