import assert from 'node:assert/strict';
import type { PersistDriver } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { bytes, writeAll } from '../documents.js';
import { expectError } from '../expect-error.js';
import { inBackground } from '../in-background.js';
import { startWatch, Watcher, watchLimitMs, watchOf } from '../watcher.js';
import { withinTime } from '../within-time.js';

export const watchCases: readonly ConformanceCase[] = [
  {
    id: 'L102',
    section: 'L',
    title: 'each write and removal of any instance is told, with its version',
    proves: 'A supervisor can react to what another did, without asking again and again.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      const watcher = await Watcher.start(driver, '');
      const changeWith = async (writer: PersistDriver, key: string) => {
        const made = await writer.write(key, bytes('small'), { expect: 'absent' });
        await watcher.tells(key, made, 'after it was made');
        const large = await writer.write(key, new Uint8Array(100_000), { expect: made });
        await watcher.tells(key, large, 'after a large write');
        assert.equal(await writer.remove(key), true);
        await watcher.tells(key, undefined, 'after its removal');
        await watcher.tells(key, await writer.write(key, bytes('again')), 'after it was made again');
      };
      await changeWith(peer, 'a');
      await changeWith(peer, 'deep/down/in/a/tree');
      await changeWith(peer, `long/${'x'.repeat(255)}`);
      await changeWith(driver, 'own');
      await watcher.agrees(driver, 'at the end');
      await watcher.stop();
    },
  },
  {
    id: 'L102-processes',
    section: 'L',
    title: 'each write and removal of another process is told',
    proves: 'The same over processes.',
    needs: ['openInProcess'],
    async run(context) {
      const driver = await context.open();
      const child = await context.spawn();
      const watcher = await Watcher.start(driver, 'of');
      for (const key of ['of/a', 'of/b/c']) {
        await watcher.tells(key, await child.run('write', { key, text: 'one' }), 'after it was made');
        await watcher.tells(key, await child.run('write', { key, text: 'two' }), 'after it was changed');
        await child.run('remove', { key });
        await watcher.tells(key, undefined, 'after its removal');
      }
      await watcher.stop();
    },
  },
  {
    id: 'L103',
    section: 'L',
    title: 'only keys below the prefix are told',
    proves: 'Who watches one tenant learns nothing of another with a similar name.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      await peer.write('web/before', bytes('before'));
      const watcher = await Watcher.start(driver, 'web', { initial: true });
      const others = ['web', 'web-a/x', 'web.a', 'weba/x', 'we/b', 'other/web/x'];
      await writeAll(peer, [...others, 'web/x', 'web/y/z']);
      await watcher.agrees(driver, 'after writes beside the prefix');
      for (const key of [...others, 'web/y/z']) await peer.remove(key);
      await watcher.agrees(driver, 'after removals beside the prefix');
      await watcher.tells('web/last', await peer.write('web/last', bytes('last')), 'at the end');
      const beside = watcher.told.map(({ key }) => key).filter((key) => !key.startsWith('web/'));
      assert.deepEqual(beside, [], 'watch("web") must tell of nothing beside what is below it');
      await watcher.stop();
    },
  },
  {
    id: 'L104',
    section: 'L',
    title: 'what is there is told first if asked for, and not if not',
    proves: 'A runtime that starts needs no listing of its own, and no gap comes between the two.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const keys = Array.from({ length: 40 }, (_, index) => `there/${index % 4}/${index}`);
      await writeAll(driver, keys);
      const all = await Watcher.start(driver, 'there', { initial: true });
      assert.deepEqual([...all.documents.keys()].sort(), keys.sort(), 'onReady must come after what was there');
      await all.agrees(driver, 'once the watch has started');
      assert.equal(all.told.length, keys.length, 'each document must be told once');
      const none = await Watcher.start(driver, 'there');
      const version = await driver.write('there/new', bytes('new'));
      await none.tells('there/new', version, 'after a write');
      assert.deepEqual(
        none.told.map(({ key }) => key),
        ['there/new'],
        'without initial, what was there before must not be told',
      );
      await all.tells('there/new', version, 'after a write');
      await Promise.all([all.stop(), none.stop()]);
    },
  },
  {
    id: 'L105',
    section: 'L',
    title: 'nothing is missed between what was there and what follows, while others write',
    proves: 'The moment in which a watch starts is the moment in which changes get lost.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      watchOf(driver);
      const peer = await context.openPeer();
      await writeAll(peer, churned.slice(0, 10));
      for (let round = 0; round < 3; round += 1) {
        let running = true;
        const churning = inBackground(churn(peer, () => running));
        const started = await Promise.all([0, 1, 2].map(() => Watcher.start(driver, 'churned', { initial: true })));
        const late = Watcher.start(driver, 'churned', { initial: true });
        running = false;
        await churning;
        for (const watcher of [...started, await late]) {
          await watcher.agrees(driver, 'after writes while the watch started');
          await watcher.stop();
        }
      }
    },
  },
  {
    id: 'L106',
    section: 'L',
    title: 'the changes of a key are merged while nobody fetches them, and the last one is told',
    proves: 'A slow consumer gets what matters, and does not fill the memory.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const peer = await context.openPeer();
      await writeAll(peer, ['burst/a', 'burst/b']);
      const { changes, first } = await startWatch(driver, 'burst');
      await peer.write('burst/first', bytes('first'));
      const told = [(await withinTime(first, watchLimitMs, 'the first change')).value];
      const last = { a: '', b: '' };
      for (let n = 0; n < 50; n += 1) {
        last.a = await peer.write('burst/a', bytes(`${n}`));
        last.b = await peer.write('burst/b', bytes(`${n}`));
        await peer.write(`burst/short/${n}`, bytes('short-lived'));
        await peer.remove(`burst/short/${n}`);
      }
      const end = await peer.write('burst/end', bytes('end'));
      const seen = new Map<string, unknown>();
      while (seen.get('burst/a') !== last.a || seen.get('burst/b') !== last.b || seen.get('burst/end') !== end) {
        const { value } = await withinTime(changes.next(), watchLimitMs, 'the last version of each key to be told');
        told.push(value);
        seen.set(value.key, value.version);
      }
      assert.ok(told.length < 50, `200 changes that nobody fetched must be merged, but ${told.length} were told`);
      await changes.return?.();
    },
  },
  {
    id: 'L107',
    section: 'L',
    title: 'a watch that waits is ended by an abort, by return() and by close(), and then is at its end',
    proves: 'No watcher hangs a shutdown.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const reason = new Error('enough');
      const controller = new AbortController();
      const aborted = await startWatch(driver, 'w', { signal: controller.signal });
      controller.abort(reason);
      const failure = await withinTime(failureOf(aborted.first), watchLimitMs, 'an aborted watch to end');
      assert.equal(failure, reason, 'an aborted watch must reject with the reason of its signal');
      assert.equal((await aborted.changes.next()).done, true, 'an aborted watch must be at its end');
      const never = watchOf(driver)('w', { signal: controller.signal })[Symbol.asyncIterator]();
      assert.equal(await failureOf(never.next()), reason, 'an aborted signal must reject with its reason');

      const returned = await startWatch(driver, 'w');
      await withinTime(Promise.resolve(returned.changes.return?.()), watchLimitMs, 'return() beside a waiting next()');
      const end = await withinTime(returned.first, watchLimitMs, 'a waiting next() to end with return()');
      assert.equal(end.done, true, 'return() must end a next() that waits as done');
      await driver.write('w/a', bytes('a'));
      assert.equal((await returned.changes.next()).done, true, 'nothing must be told after return()');

      await expectError('a watch of a prefix that is none', 'INVALID_ARGUMENT', () =>
        watchOf(driver)('../x')[Symbol.asyncIterator]().next(),
      );
      const closed = await startWatch(driver, 'w');
      await withinTime(driver.close(), watchLimitMs, 'close() beside a watch that waits');
      await expectError('a watch whose driver was closed', 'CLOSED', () => closed.first);
      await expectError('a watch of a closed driver', 'CLOSED', () =>
        watchOf(driver)('w')[Symbol.asyncIterator]().next(),
      );
    },
  },
];

const churned = Array.from({ length: 15 }, (_, index) => `churned/${index % 3}/${index}`);

/** Writes and removes documents as long as `running` says, and at least twice each. */
async function churn(driver: PersistDriver, running: () => boolean): Promise<void> {
  for (let round = 0; round < 2 || running(); round += 1) {
    for (const [index, key] of churned.entries()) {
      if ((index + round) % 3 === 0) await driver.remove(key);
      else await driver.write(key, bytes(`${round}`));
    }
  }
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => assert.fail(`it must reject, but resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}
