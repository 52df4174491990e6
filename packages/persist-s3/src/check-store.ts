import type { Finding } from '@sandkeep/persist-api';
import type { ListedObject } from './bucket.js';
import { hasTombstoneSize } from './object-body.js';
import type { Store } from './store.js';
import { TombstoneSweep } from './tombstone-sweep.js';

/** A probe lasts seconds. */
const probeAgeMs = 60 * 60 * 1000;
/** Tombstones are swept by listings: only where nobody has listed for so long do they pile up. */
const unsweptMs = 24 * 60 * 60 * 1000;

export interface StoreCheck {
  readonly store: Store;
  /** What the keys of all objects begin with. */
  readonly prefix: string;
  readonly sweepAfterMs: number;
  readonly repair: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Objects that stand for no document and that nobody needs any more, by one listing of all objects. */
export async function* checkStore(check: StoreCheck): AsyncGenerator<Finding, void, undefined> {
  const { store, prefix, sweepAfterMs, signal } = check;
  const sweep = new TombstoneSweep(store, sweepAfterMs);
  for await (const { key, bytes, ageMs } of listObjects(check)) {
    if (key.startsWith(`${prefix}.sandkeep/probe/`)) {
      if (ageMs < probeAgeMs) continue;
      const time = store.time(signal);
      const remove = () => store.bucket.delete(key, undefined, time, time.left);
      yield await finding(check, 'left-over', key, 'left by a probe of the server that was cut short', remove);
    } else if (store.traits.conditionalDelete || store.traits.refusesExpired) {
      if (!hasTombstoneSize(bytes) || ageMs < sweepAfterMs + unsweptMs) continue;
      const { kind } = await store.peek(key, store.time(signal));
      if (kind !== 'removed' && kind !== 'sweeping') continue;
      const message = 'the tombstone of a document that was removed more than a day ago';
      yield await finding(check, 'tombstone', key, message, () => sweep.sweep(key));
    }
  }
}

async function finding(
  { store, repair, signal }: StoreCheck,
  kind: string,
  subject: string,
  message: string,
  mend: () => Promise<void>,
): Promise<Finding> {
  if (!repair) return { kind, subject, message, outcome: 'mendable' };
  await mend().catch(() => signal?.throwIfAborted());
  const found = await store.peek(subject, store.time(signal));
  const isMended = found.kind === 'absent' || (kind === 'tombstone' && found.kind === 'document');
  if (isMended) return { kind, subject, message, outcome: 'mended' };
  return { kind, subject, message: `${message}; the server did not delete it: try again later`, outcome: 'left' };
}

async function* listObjects({
  store,
  prefix,
  signal,
}: StoreCheck): AsyncGenerator<ListedObject & { readonly ageMs: number }, void, undefined> {
  let next: string | undefined;
  do {
    const from = { prefix, after: prefix, next };
    const time = store.time(signal);
    const page = await store.read(time, (ms) => store.bucket.list(from, time, ms));
    for (const object of page?.objects ?? []) yield { ...object, ageMs: (page?.now ?? 0) - object.modifiedAt };
    next = page?.next;
  } while (next !== undefined);
}
