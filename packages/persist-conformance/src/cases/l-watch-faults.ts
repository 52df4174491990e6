import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPersistError } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { bytes, writeAll } from '../documents.js';
import { startWatch, Watcher, watchLimitMs, watchOf } from '../watcher.js';

/** How many watches are started and ended, and how many of them may look as if they held on to something. */
const watches = 40;
const tolerance = 20;

export const watchFaultCases: readonly ConformanceCase[] = [
  {
    id: 'L108',
    section: 'L',
    title: 'a watch that has ended holds on to nothing',
    proves: 'A service that watches for every request does not run out of connections, descriptors or timers.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const endOne = async () => {
        const { changes } = await startWatch(driver, 'held');
        await changes.return?.();
      };
      await endOne();
      const before = heldResources();
      for (let round = 0; round < watches; round += 5) await Promise.all(Array.from({ length: 5 }, endOne));
      const until = performance.now() + watchLimitMs / 2;
      let held = heldResources() - before;
      for (; held > tolerance && performance.now() < until; held = heldResources() - before) await sleep(20);
      assert.ok(held <= tolerance, `${watches} watches that have ended hold on to ${held} timers, sockets or files`);
    },
  },
  {
    id: 'L109',
    section: 'L',
    title: 'a damaged document neither ends a watch nor hides others',
    proves: 'One bad record does not make a supervisor blind.',
    needs: ['corrupt'],
    async run(context) {
      const driver = await context.open();
      watchOf(driver);
      await writeAll(driver, ['damaged/a', 'damaged/b', 'damaged/c']);
      await context.corrupt('damaged/b', 'empty');
      const watcher = await Watcher.start(driver, 'damaged', { initial: true });
      const keys = [...watcher.documents.keys()].sort();
      assert.deepEqual(keys, ['damaged/a', 'damaged/b', 'damaged/c'], 'a damaged document must be told, too');
      await watcher.tells('damaged/c', await driver.write('damaged/c', bytes('new')), 'beside a damaged document');
      await watcher.tells('damaged/b', await driver.write('damaged/b', bytes('mended')), 'after the repair');
      await watcher.stop();
    },
  },
  {
    id: 'L110',
    section: 'L',
    title: 'nothing is missed while the backend restarts',
    proves: 'A lost connection is a pause for a watcher, not the end of what it hears.',
    needs: ['restartBackend'],
    async run(context) {
      const driver = await context.open();
      watchOf(driver);
      const peer = await context.openPeer();
      await writeAll(peer, ['kept/a', 'kept/b', 'kept/c']);
      const watcher = await Watcher.start(driver, 'kept', { initial: true });
      for (let restart = 0; restart < 2; restart += 1) {
        const restarting = context.restartBackend();
        await untilDone(() => peer.write('kept/a', bytes(`while it restarts ${restart}`)));
        await untilDone(() => peer.remove('kept/b'));
        await untilDone(() => peer.write(`kept/new-${restart}`, bytes('made while it restarts')));
        await restarting;
        await watcher.agrees(peer, 'after a restart');
        await watcher.tells('kept/b', await peer.write('kept/b', bytes('again')), 'after a restart');
      }
      await watcher.stop();
    },
  },
  {
    id: 'L111',
    section: 'L',
    title: 'a watch goes on after whatever happens to the backend',
    proves: 'A cut connection or a failover loses no change.',
    needs: ['disturbances'],
    async run(context) {
      const driver = await context.open();
      watchOf(driver);
      const peer = await context.openPeer();
      const watcher = await Watcher.start(driver, 'disturbed', { initial: true });
      for (const { name, act } of context.disturbances()) {
        const after = `after ${name}`;
        const key = `disturbed/${name.replace(/[^A-Za-z0-9]+/g, '-')}`;
        await act();
        await untilDone(() => peer.write(key, bytes('one')));
        await watcher.agrees(peer, after);
        const acting = act();
        await untilDone(() => peer.remove(key));
        await acting;
        await watcher.agrees(peer, after);
        await watcher.tells(key, await peer.write(key, bytes('two')), after);
      }
      await watcher.stop();
    },
  },
];

/** Repeats a change that can be made twice, until the backend has applied it. */
async function untilDone(change: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + watchLimitMs;
  for (;;) {
    try {
      await change();
      return;
    } catch (error) {
      const isPassing = isPersistError(error) && (error.retryable || error.code === 'OUTCOME_UNKNOWN');
      if (!isPassing || performance.now() > until) throw error;
      await sleep(5);
    }
  }
}

/** How many timers, sockets and watchers keep this process alive, and how many files it has open. */
function heldResources(): number {
  let files = 0;
  try {
    files = readdirSync('/proc/self/fd').length;
  } catch {}
  return process.getActiveResourcesInfo().length + files;
}
