import { randomBytes } from 'node:crypto';
import { isPersistError, type PersistDriver, PersistError, type Version } from '@sandkeep/persist-api';

/** What a supervisor needs to be allowed to do. */
export type Operation = 'write' | 'read' | 'list' | 'lock' | 'remove';

/** What became of trying one operation some times. */
export interface Trial {
  readonly operation: Operation;
  readonly outcome: 'ok' | 'refused' | 'failed' | 'not tried';
  readonly times: number;
  /** In milliseconds, if it succeeded at least once. */
  readonly median?: number;
  readonly worst?: number;
  readonly error?: PersistError;
}

/** As often each operation is tried, unless it takes longer than this. */
const most = 20;
const longestMs = 1_500;
/** The size of the document: that of a typical sandbox. */
const documentBytes = 4096;

/** Where doctors have their documents, in a store without a namespace. Their locks share one name, which is this. */
export const doctorNamespace = 'sandkeep-doctor';

/**
 * Tries every operation on a document of its own, whose key begins with `namespace`, and on a shared lock, and
 * removes the document again, whatever happens. A free lock's record goes by itself, as those of all locks do.
 * @throws the signal's reason; what fails otherwise is part of the result
 */
export async function tryOperations(driver: PersistDriver, namespace: string, signal: AbortSignal): Promise<Trial[]> {
  const place = `${namespace}/${doctorNamespace}-${randomBytes(6).toString('hex')}`;
  const key = `${place}/document`;
  const data = randomBytes(documentBytes);
  let version: Version | 'absent' = 'absent';
  let isThere = false;
  try {
    const trials = [
      await attempt('write', signal, async () => {
        isThere = true; // even after a failure it may be
        version = await driver.write(key, data, { expect: version, signal });
      }),
      await attempt('read', signal, async () => {
        const found = await driver.read(key, { signal });
        if (version !== 'absent' && !data.equals(found?.data ?? new Uint8Array())) throw notAsWritten(key);
      }),
      await attempt('list', signal, async () => {
        let count = 0;
        for await (const _ of driver.list(place, { signal })) count += 1;
        if (version !== 'absent' && count !== 1) throw notAsWritten(key);
      }),
      await attempt('lock', signal, async () => {
        const options = { mode: 'shared', info: 'sandkeep doctor', signal } as const;
        await using _ = await driver.lock(doctorNamespace, options);
      }),
    ];
    if (trials[0]?.outcome !== 'ok') return [...trials, { operation: 'remove', outcome: 'not tried', times: 0 }];
    const removal = await attempt('remove', signal, async () => void (await driver.remove(key)), 1);
    if (removal.error === undefined) isThere = false;
    else removal.error.message += `: the document ${key} is left behind`;
    return [...trials, removal];
  } finally {
    if (isThere) await driver.remove(key).catch(() => {});
  }
}

async function attempt(
  operation: Operation,
  signal: AbortSignal,
  run: () => Promise<void>,
  times = most,
): Promise<Trial> {
  const spent: number[] = [];
  const end = performance.now() + longestMs;
  try {
    do {
      const from = performance.now();
      await run();
      spent.push(performance.now() - from);
    } while (spent.length < times && performance.now() < end);
    return { operation, outcome: 'ok', ...summary(spent) };
  } catch (error) {
    signal.throwIfAborted();
    if (!isPersistError(error)) throw error;
    const outcome = error.code === 'PERMISSION_DENIED' ? 'refused' : 'failed';
    return { operation, outcome, ...summary(spent), error };
  }
}

function summary(spent: readonly number[]): Pick<Trial, 'times' | 'median' | 'worst'> {
  const sorted = [...spent].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  const worst = sorted.at(-1);
  return { times: spent.length, ...(median !== undefined && { median }), ...(worst !== undefined && { worst }) };
}

function notAsWritten(key: string): PersistError {
  return new PersistError('CORRUPT', `what was written to ${key} a moment ago is not there: the storage loses writes`);
}
