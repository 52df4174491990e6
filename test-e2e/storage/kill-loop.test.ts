import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { openDriver } from '@sandkeep/persist-api';
import { StorageService } from '@sandkeep/persist-storage';
import { expect, onTestFinished, test } from 'vitest';
import { rounds, timeFor } from '../support/rounds.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Worker } from '../support/worker.js';
import { testImages } from './test-images.js';

const isRoot = process.geteuid?.() === 0;
const kills = rounds(12, 150);

type Step = readonly [step: string, name: string];
interface State {
  extra: { there: boolean };
  /** How often each container is mounted. */
  containers: Record<string, number>;
}

test.each(isRoot ? (['overlay', 'vfs'] as const) : (['vfs'] as const))(
  `${kills} SIGKILLs in the middle of imports, starts, deletions, …: a repair leaves no orphan, and all that was acknowledged: %s`,
  { timeout: timeFor(kills, 4_000) },
  async (layerDriver) => {
    const root = temporaryDirectory();
    const records = pathToFileURL(join(root, 'records')).href;
    const [graphRoot, runRoot] = [join(root, 'graph'), join(root, 'run')];
    const { directory: layout } = await testImages(join(root, 'layout'));
    const driver = await openDriver({ driver: 'fs', root: join(root, 'records'), create: true });
    const storage = await StorageService.open({ driver, graphRoot, runRoot, layerDriver, create: true });
    onTestFinished(async () => {
      for (const { name } of await storage.containers()) await storage.deleteContainer(name);
      await driver.close();
    });
    await storage.images.importOciLayout(layout, { ref: 'base' });
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
    let state: State = { extra: { there: false }, containers: {} };
    for (let kill = 0; kill < kills; kill++) {
      const args = [records, graphRoot, runRoot, layout, String(seed + kill), JSON.stringify(state)];
      const worker = new Worker(import.meta.url, 'workers/steps-loop.js', args);
      await worker.line('{"ready"');
      await delay(Math.random() * 250);
      await worker.kill();
      expect(worker.errors).toBe('');

      const lines = worker.lines.map((line) => JSON.parse(line) as { begin?: Step; done?: Step });
      for (const { done } of lines) if (done !== undefined) state = after(state, done);
      const last = lines.at(-1)?.begin;
      await storage.repair();
      const story = `seed ${seed}, kill ${kill}, in the middle of ${last?.join(' ')}`;
      expect(await storage.check(), story).toEqual([]);
      const found = await stateOf(storage);
      expect(possibleStates(state, last), story).toContainEqual(found);
      state = found;
      await expectNoOrphans(storage, join(graphRoot, layerDriver), state, story);
    }
  },
);

function after({ extra, containers }: State, [step, name]: Step): State {
  if (step === 'import' || step === 'remove') return { extra: { there: step === 'import' }, containers };
  const { [name]: mounts = 0, ...others } = containers;
  if (step === 'delete') return { extra, containers: others };
  const change = { create: 0, start: 1, stop: -1 }[step] ?? 0;
  return { extra, containers: { ...others, [name]: Math.max(0, mounts + change) } };
}

/** What a kill may leave: the step was not taken, or it was; a deletion unmounts first. */
function possibleStates(state: State, step: Step | undefined): State[] {
  if (step === undefined) return [state];
  const [kind, name] = step;
  const unmounted = { ...state, containers: { ...state.containers, [name]: 0 } };
  return [state, after(state, step), ...(kind === 'delete' ? [unmounted] : [])];
}

async function stateOf(storage: StorageService): Promise<State> {
  const images = (await storage.images.images()).flatMap(({ names }) => names);
  expect(images).toContain('docker.io/library/base:latest');
  const containers = (await storage.containers()).map(({ name, mounts }) => [name, mounts] as const);
  return {
    extra: { there: images.includes('docker.io/library/extra:latest') },
    containers: Object.fromEntries(containers),
  };
}

/** The directories, mounts and contents are those of what is recorded, no more and no less. */
async function expectNoOrphans(storage: StorageService, layers: string, state: State, story: string): Promise<void> {
  const names = Object.keys(state.containers);
  const images = await storage.images.images();
  const count = new Set(images.flatMap((image) => image.layers)).size + names.length;
  expect(readdirSync(layers), story).toHaveLength(count);
  const trash = join(layers, '../trash');
  expect(existsSync(trash) ? readdirSync(trash) : [], story).toEqual([]);
  const mounted = names.filter((name) => (state.containers[name] ?? 0) > 0);
  const table = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  if (storage.layerDriver === 'overlay') {
    expect(table.filter((line) => line.includes(layers)).length, story).toBe(mounted.length);
  }
  for (const name of names) {
    const rootfs = await storage.startContainer(name);
    expect(readFileSync(join(rootfs, 'data/2'), 'utf8'), story).toBe('2'.repeat(2_000));
    expect(existsSync(join(rootfs, 'data/1')), story).toBe(false);
    await storage.stopContainer(name);
  }
}
