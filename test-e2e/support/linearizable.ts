/** One call on one document, as its caller saw it. Every write's value is another. */
export interface Call {
  readonly operation: 'read' | 'write' | 'remove';
  /** When it was called and when it had its answer, on a clock that all callers share. */
  readonly begun: number;
  readonly ended: number;
  /** What was written. */
  readonly value?: string | undefined;
  /** The value that the document was expected to have; null: no document; undefined: no condition. */
  readonly expect?: string | null | undefined;
  readonly result: CallResult;
}

/**
 * How a call ended. `value` of a read is what it found, null if nothing. `unknown` may take effect at any
 * time after its beginning, or never; `failed` never does.
 */
export type CallResult =
  | { readonly type: 'found'; readonly value: string | null }
  | { readonly type: 'written' }
  | { readonly type: 'removed'; readonly wasThere: boolean }
  | { readonly type: 'conflict' }
  | { readonly type: 'unknown' }
  | { readonly type: 'failed' };

/**
 * Whether the calls can be put into an order in which each one, at one moment between its beginning and its
 * end, saw and did what its result says: the search of Wing and Gong (1993), with Lowe's memory of the
 * places that were seen before. Begins with no document.
 */
export function isLinearizable(calls: readonly Call[]): boolean {
  const effective = calls.filter(({ result }) => result.type !== 'failed').sort((a, b) => a.begun - b.begun);
  const seen = new Set<string>();
  const done = effective.map(() => false);

  const search = (state: string | null): boolean => {
    const place = `${done.map(Number).join('')} ${state}`;
    if (seen.has(place)) return false;
    seen.add(place);
    const open = effective.filter(({ result }, n) => !done[n] && result.type !== 'unknown');
    if (open.length === 0) return true;
    const firstEnd = Math.min(...open.map(({ ended }) => ended));
    return effective.some((call, n) => {
      if (done[n] || call.begun > firstEnd) return false;
      const next = apply(call, state);
      if (next === undefined) return false;
      done[n] = true;
      if (search(next)) return true;
      done[n] = false;
      return false;
    });
  };
  return search(null);
}

/** What the document is after the call; undefined if the call's result contradicts `state`. */
function apply({ operation, value, expect, result }: Call, state: string | null): string | null | undefined {
  if (result.type === 'found') return result.value === state ? state : undefined;
  const holds = expect === undefined || (expect === state && !(operation === 'remove' && state === null));
  if (result.type === 'conflict') return holds ? undefined : state;
  if (!holds) return undefined;
  if (operation === 'write') return value ?? null;
  if (result.type === 'removed' && result.wasThere !== (state !== null)) return undefined;
  return null;
}

/** The calls as lines of text, in the order of their beginnings, for a test that failed. */
export function describeCalls(calls: readonly Call[]): string {
  const start = Math.min(...calls.map(({ begun }) => begun));
  return [...calls]
    .sort((a, b) => a.begun - b.begun)
    .map(({ operation, begun, ended, value, expect, result }) => {
      const time = [begun, ended].map((moment) => (moment - start).toFixed(2)).join('–');
      const condition = expect === undefined ? '' : ` if ${expect ?? 'absent'}`;
      return `${time} ms: ${operation} ${value ?? ''}${condition} → ${JSON.stringify(result)}`;
    })
    .join('\n');
}
