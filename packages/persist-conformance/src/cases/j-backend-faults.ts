import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPersistError, type PersistDriver, type Version } from '@sandkeep/persist-api';
import { startTraffic } from '../backend-traffic.js';
import type { ConformanceCase } from '../conformance-case.js';
import { bytes, collect, textOf } from '../documents.js';
import { expectError } from '../expect-error.js';
import { numberIn } from '../numbered-document.js';

const retryLimitMs = 40_000;

export const backendFaultCases: readonly ConformanceCase[] = [
  {
    id: 'J92',
    section: 'J',
    title: 'a change whose answer was lost is told as it was',
    proves: 'A cut connection makes nobody believe that a save failed that happened, or write it twice.',
    needs: ['loseAnswers'],
    async run(context) {
      const driver = await context.open();
      const losing = await context.loseAnswers(4);
      for (let round = 0; round < 6; round += 1) {
        const key = `lossy/${round}`;
        const document = new LossyDocument(driver, key);
        await document.write('made', 'absent');
        await document.write('changed', document.version);
        await document.write('overwritten', undefined);
        await document.refuse(() => driver.write(key, bytes('refused'), { expect: 'absent' }));
        await document.write('changed again', document.version);
        await document.remove(document.version);
        await document.write('made again', 'absent');
        await document.remove(undefined);
      }
      assert.ok(losing.lost > 0, 'the harness must have lost answers');
    },
  },
  {
    id: 'J93',
    section: 'J',
    title: 'a backend that ignores conditions is refused at open',
    proves: 'Nobody finds out by lost updates that the server only claims to compare.',
    needs: ['openUnconditional'],
    async run(context) {
      await expectError('opening a backend that ignores conditions', 'UNSUPPORTED', () => context.openUnconditional());
    },
  },
  {
    id: 'J94',
    section: 'J',
    title:
      'while the backend restarts, each call ends right or with a retryable error, and nothing acknowledged is lost',
    proves: 'A restart of the server is a pause, not a loss.',
    needs: ['restartBackend'],
    async run(context) {
      const driver = await context.open();
      const keys = Array.from({ length: 6 }, (_, index) => `traffic/${index}`);
      const traffic = startTraffic(driver, keys);
      for (let restart = 0; restart < 2; restart += 1) {
        await traffic.progress(20 + context.random.integer(20));
        await context.restartBackend();
      }
      await traffic.progress(30);
      await traffic.stop();
      const peer = await context.openPeer();
      for (const key of keys)
        assert.ok(numberIn(await peer.read(key), key) > 0, `"${key}" must be there after the restarts`);
    },
  },
  {
    id: 'J95',
    section: 'J',
    title: 'what happens to the backend between two calls disturbs neither',
    proves: 'Caches that a server drops, connections that it cuts and a failover are the business of the driver.',
    needs: ['disturbances'],
    async run(context) {
      const driver = await context.open();
      for (const { name, seamless, act } of context.disturbances()) {
        const settle = seamless ? <T>(call: () => Promise<T>) => call() : untilAnswered;
        const after = `after ${name}`;
        const key = `disturbed/${name.replace(/[^A-Za-z0-9]+/g, '-')}`;
        const first = await driver.write(key, bytes('one'), { expect: 'absent' });
        await act();
        const document = await settle(() => driver.read(key));
        assert.equal(document?.version, first, `${after}, read must give what was there before`);
        const again = seamless ? act : async () => {};
        await again();
        const second = await settle(() => rewrite(driver, key, first));
        await again();
        assert.deepEqual(await settle(() => collect(driver.list('disturbed'))), [key], `list ${after}`);
        await again();
        await settle(async () => (await driver.lock(key, { waitMs: 0, ttlMs: 2000 })).release());
        await again();
        const removed = await settle(() => removeAgain(driver, key, second));
        assert.equal(removed, true, `${after}, remove must remove what was written`);
      }
    },
  },
];

/** One document whose changes may be answered by nothing, with what must be there. */
class LossyDocument {
  /** The version that is there; undefined if there is none. */
  version: Version | undefined;
  #text: string | undefined;
  readonly #driver: PersistDriver;
  readonly #key: string;

  constructor(driver: PersistDriver, key: string) {
    this.#driver = driver;
    this.#key = key;
  }

  write(text: string, expect: Version | 'absent' | undefined): Promise<void> {
    return this.#change(`write "${text}" with expect ${expect}`, text, async () => {
      return this.#driver.write(this.#key, bytes(text), { expect });
    });
  }

  remove(expect: Version | undefined): Promise<void> {
    return this.#change(`remove with expect ${expect}`, undefined, async () => {
      const existed = await this.#driver.remove(this.#key, { expect });
      assert.equal(existed, this.#text !== undefined, `remove("${this.#key}") must tell whether there was one`);
      return undefined;
    });
  }

  async refuse(call: () => Promise<unknown>): Promise<void> {
    await expectError('a change that must be refused', 'CONFLICT', () => untilAnswered(call));
    await this.#look('a refused change', [this.#text]);
  }

  async #change(what: string, text: string | undefined, call: () => Promise<Version | undefined>): Promise<void> {
    try {
      const version = await call();
      await this.#look(`${what}, which resolved,`, [text]);
      assert.equal(this.version, version, `${what} of "${this.#key}" must tell the version that is there`);
    } catch (error) {
      const unknown = isPersistError(error, 'OUTCOME_UNKNOWN');
      if (!unknown && !(isPersistError(error) && error.retryable)) throw error;
      await this.#look(`${what}, which failed with ${error.code},`, unknown ? [this.#text, text] : [this.#text]);
    }
  }

  /** Fails the case unless one of these texts is there, and goes on from that. */
  async #look(after: string, texts: readonly (string | undefined)[]): Promise<void> {
    const document = await untilAnswered(() => this.#driver.read(this.#key));
    const text = document && textOf(document);
    assert.ok(
      texts.includes(text),
      `${after} must leave ${texts.join(' or ')} in "${this.#key}", but ${text} is there`,
    );
    this.#text = text;
    this.version = document?.version;
  }
}

/** Repeats a call that changes nothing, or cannot do so twice, as long as it fails with a retryable error. */
async function untilAnswered<T>(call: () => Promise<T>): Promise<T> {
  const until = performance.now() + retryLimitMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isPersistError(error) || !error.retryable || performance.now() > until) throw error;
      await sleep(5);
    }
  }
}

/** Writes on `expect`; where nobody knows whether that happened, the document tells. */
async function rewrite(driver: PersistDriver, key: string, expect: Version): Promise<Version> {
  try {
    return await driver.write(key, bytes('two'), { expect });
  } catch (error) {
    if (!isPersistError(error, 'OUTCOME_UNKNOWN')) throw error;
    const document = await untilAnswered(() => driver.read(key));
    return document !== undefined && textOf(document) === 'two' ? document.version : rewrite(driver, key, expect);
  }
}

async function removeAgain(driver: PersistDriver, key: string, expect: Version): Promise<boolean> {
  try {
    return await driver.remove(key, { expect });
  } catch (error) {
    if (!isPersistError(error, 'OUTCOME_UNKNOWN')) throw error;
    const document = await untilAnswered(() => driver.read(key));
    return document === undefined ? true : removeAgain(driver, key, expect);
  }
}
