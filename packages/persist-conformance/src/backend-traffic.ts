import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPersistError, type PersistDriver, type Version } from '@sandkeep/persist-api';
import { numberedDocument, numberIn } from './numbered-document.js';
import { withinTime } from './within-time.js';

/** How long one call may take while its backend restarts, and how long it may fail. */
const limitMs = 40_000;

interface Found {
  readonly n: number;
  readonly version: Version | undefined;
}

/** Writers that each count up in a document of their own while the backend fails. Made by {@link startTraffic}. */
export interface Traffic {
  /** Resolves once so many more writes were acknowledged; rejects if a writer was told something wrong. */
  progress(writes: number): Promise<void>;
  /** Ends it, once no call fails any more. Rejects if a writer was told something wrong. */
  stop(): Promise<void>;
}

/** Starts one writer a key. */
export function startTraffic(driver: PersistDriver, keys: readonly string[]): Traffic {
  let acknowledged = 0;
  let stopped = false;
  const writers = keys.map(async (key) => {
    let last: Found = { n: 0, version: undefined };
    while (!stopped) {
      const next = await tryToAdvance(driver, key, last);
      if (next.n > last.n) acknowledged += 1;
      last = next;
    }
  });
  const running = Promise.all(writers);
  running.catch(() => {});
  return {
    async progress(writes) {
      const goal = acknowledged + writes;
      while (acknowledged < goal) await Promise.race([sleep(2), running]);
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** @returns what is there afterwards: whatever happened, it is known then */
async function tryToAdvance(driver: PersistDriver, key: string, { n, version }: Found): Promise<Found> {
  try {
    const write = driver.write(key, numberedDocument(n + 1, 500), { expect: version ?? 'absent' });
    return { n: n + 1, version: await withinTime(write, limitMs, `write("${key}") to end`) };
  } catch (error) {
    assertHarmless(error, `write("${key}")`);
    const found = await readAgain(driver, key);
    const allowed = isPersistError(error, 'OUTCOME_UNKNOWN') ? [n, n + 1] : [n];
    assert.ok(
      allowed.includes(found.n),
      `number ${n} of "${key}" was there, and the write of the next one failed (${error}), but number ${found.n} is there`,
    );
    return found;
  }
}

async function readAgain(driver: PersistDriver, key: string): Promise<Found> {
  const until = performance.now() + limitMs;
  for (;;) {
    try {
      const document = await withinTime(driver.read(key), limitMs, `read("${key}") to end`);
      return { n: numberIn(document, key), version: document?.version };
    } catch (error) {
      assertHarmless(error, `read("${key}")`);
      if (performance.now() > until) throw error;
      await sleep(5);
    }
  }
}

function assertHarmless(error: unknown, what: string): void {
  const isHarmless = isPersistError(error) && (error.retryable || error.code === 'OUTCOME_UNKNOWN');
  if (!isHarmless) {
    throw new Error(`${what} during a restart must fail with a retryable error or OUTCOME_UNKNOWN, not ${error}`, {
      cause: error,
    });
  }
}
