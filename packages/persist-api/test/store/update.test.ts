import { inspect, isDeepStrictEqual } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import {
  type Draft,
  MemoryStorage,
  memoryDriver,
  PersistError,
  type SandboxInput,
  SandboxStore,
} from '../../src/index.js';
import { richState } from './rich-state.js';

const ready = { sandbox: { state: 'ready' }, containers: new Map() } satisfies SandboxInput;

const open = async () => {
  const driver = memoryDriver();
  const store = new SandboxStore(driver);
  const revision = await store.save('web', ready);
  return { driver, store, revision };
};

describe('update', () => {
  test('saves what the callback made of the draft, and gives exactly what a load gives', async () => {
    const { store } = await open();
    await store.save('web', richState());
    const updated = await store.update('web', async (draft) => {
      await Promise.resolve();
      draft.sandbox.state = 'stopped';
      draft.containers.set('new', { state: 'ready' });
      draft.sandbox.cgroupPath = undefined;
    });
    expect(updated.sandbox.state).toBe('stopped');
    expect(updated.containers.get('new')).toEqual({ state: 'ready' });
    expect('cgroupPath' in updated.sandbox).toBe(false);
    expect(await store.load('web')).toEqual(updated);
  });

  test('gives a state that can be printed, frozen, compared, copied and changed', async () => {
    const { store } = await open();
    const update = () => store.update('web', (draft) => void draft.containers.set('a', { state: 'ready' }));
    const containers = new Map([['a', { state: 'ready' }]]);
    expect(inspect(await update())).toBe(inspect(await store.load('web')));
    for (const harden of [Object.freeze, Object.seal, Object.preventExtensions]) {
      expect(harden(await update())).toMatchObject({ sandbox: ready.sandbox, containers });
    }
    expect(isDeepStrictEqual(await update(), await store.load('web'))).toBe(true);
    expect(structuredClone(await update())).toEqual(await store.load('web'));
    expect({ ...(await update()) }).toEqual(await store.load('web'));
    const changed = await update();
    changed.sandbox = { state: 'paused' };
    changed.containers.delete('a');
    expect(changed).toMatchObject({ sandbox: { state: 'paused' }, containers: new Map() });
  });

  test('draft.sandbox and draft.containers can be replaced', async () => {
    const { store } = await open();
    await store.update('web', (draft) => {
      draft.sandbox = { state: 'paused' };
      draft.containers = new Map([['a', { state: 'ready' }]]);
    });
    expect(await store.load('web')).toMatchObject({
      sandbox: { state: 'paused' },
      containers: new Map([['a', { state: 'ready' }]]),
    });
  });

  test('neither the draft nor what it gives is held by anybody else', async () => {
    const { store } = await open();
    let kept: Draft | undefined;
    const updated = await store.update('web', (draft) => {
      kept = draft;
      draft.sandbox.devices = [{ id: 'd' }];
    });
    if (kept?.sandbox.devices) kept.sandbox.devices.length = 0;
    kept?.containers.set('late', { state: 'ready' });
    expect(updated).toMatchObject({ sandbox: { devices: [{ id: 'd' }] }, containers: new Map() });
    updated.sandbox.devices = null;
    expect(await store.load('web')).toMatchObject({ sandbox: { devices: [{ id: 'd' }] }, containers: new Map() });
  });

  test('a missing sandbox is NOT_FOUND, and the callback is not called', async () => {
    const { store } = await open();
    const mutate = vi.fn();
    await expect(store.update('gone', mutate)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      operation: 'update',
      key: 'default/sandboxes/gone',
    });
    expect(mutate).not.toHaveBeenCalled();
  });

  test('a sandbox that is destroyed meanwhile is NOT_FOUND, too', async () => {
    const { store } = await open();
    const update = store.update('web', async () => {
      await store.destroy('web');
    });
    await expect(update).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await store.find('web')).toBeUndefined();
  });

  test('a conflict makes it start over with a fresh draft', async () => {
    const { store } = await open();
    const seen: unknown[] = [];
    const updated = await store.update('web', async (draft) => {
      seen.push(draft.sandbox.cgroupPath);
      if (seen.length < 3) {
        await store.save('web', { ...ready, sandbox: { state: 'ready', cgroupPath: `/other-${seen.length}` } });
      }
      draft.sandbox.sandboxContainer = 'mine';
    });
    expect(seen).toEqual([undefined, '/other-1', '/other-2']);
    expect(updated.sandbox).toEqual({ state: 'ready', cgroupPath: '/other-2', sandboxContainer: 'mine' });
  });

  test('a document that was made anew is not taken for the old one', async () => {
    const { store } = await open();
    let calls = 0;
    const updated = await store.update('web', async (draft) => {
      calls += 1;
      if (calls === 1) {
        await store.destroy('web');
        await store.save('web', ready);
      }
      draft.sandbox.state = 'running';
    });
    expect(calls).toBe(2);
    expect(updated.sandbox.state).toBe('running');
  });

  test.each<[string, unknown]>([
    ['an error', new Error('mine')],
    ['a TypeError', new TypeError('mine')],
    ['no error at all', 'mine'],
    ['undefined', undefined],
    ['a conflict of its own', new PersistError('CONFLICT', 'mine')],
  ])('%s thrown by the callback passes unchanged, at once, and nothing is saved', async (_, thrown) => {
    const { store, revision } = await open();
    const before = thrown instanceof PersistError ? thrown.toJSON() : thrown;
    const mutate = vi.fn((draft: Draft) => {
      draft.sandbox.state = 'stopped';
      throw thrown;
    });
    const outcome = await store.update('web', mutate).then(
      () => 'resolved',
      (error: unknown) => ({ error }),
    );
    expect(outcome).toEqual({ error: thrown });
    if (thrown instanceof PersistError) expect(thrown.toJSON()).toEqual(before);
    expect(mutate).toHaveBeenCalledTimes(1);
    expect((await store.load('web')).revision).toBe(revision);
  });

  test.each<[string, (draft: Draft) => void, string]>([
    [
      'containers that are no Map',
      (draft) => {
        draft.containers = {} as Map<string, never>;
      },
      'containers of type object is not valid: expected a Map',
    ],
    [
      'a bad container id',
      (draft) => {
        draft.containers.set('../x', { state: 'ready' });
      },
      'container id "../x"',
    ],
    [
      'a bad state',
      (draft) => {
        draft.sandbox.state = 'no' as 'ready';
      },
      'sandbox.state "no"',
    ],
    [
      'a value that cannot be stored',
      (draft) => {
        draft.sandbox.mine = new Date();
      },
      'sandbox.mine is an instance of Date',
    ],
  ])('%s: refused, and nothing is saved', async (_, mutate, message) => {
    const { store, revision } = await open();
    await expect(store.update('web', mutate)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
      operation: 'update',
    });
    expect((await store.load('web')).revision).toBe(revision);
  });

  test('an error of the driver other than a conflict ends it', async () => {
    const { driver, store } = await open();
    const write = vi.spyOn(driver, 'write').mockRejectedValue(new PersistError('OUTCOME_UNKNOWN', 'lost'));
    await expect(store.update('web', () => {})).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(write).toHaveBeenCalledTimes(1);
  });

  test('an abort ends the attempts, also with a driver that ignores it', async () => {
    const { driver, store } = await open();
    const controller = new AbortController();
    const reason = new Error('enough');
    const read = driver.read.bind(driver);
    vi.spyOn(driver, 'read').mockImplementation((key) => read(key));
    let writes = 0;
    vi.spyOn(driver, 'write').mockImplementation(async () => {
      writes += 1;
      if (writes === 5) controller.abort(reason);
      throw new PersistError('CONFLICT', 'always');
    });
    await expect(store.update('web', () => {}, { signal: controller.signal })).rejects.toBe(reason);
    expect(writes).toBe(5);
  });

  test('an abort that comes after the write was committed does not hide the success', async () => {
    const { driver, store } = await open();
    const controller = new AbortController();
    const write = driver.write.bind(driver);
    vi.spyOn(driver, 'write').mockImplementation(async (...parameters) => {
      const version = await write(...parameters);
      controller.abort();
      return version;
    });
    const updated = await store.update(
      'web',
      (draft) => {
        draft.sandbox.state = 'running';
      },
      { signal: controller.signal },
    );
    expect(updated.sandbox.state).toBe('running');
  });

  test('8 updaters over several instances, 50 increments each, end at 400', async () => {
    const storage = new MemoryStorage();
    const stores = Array.from({ length: 8 }, () => new SandboxStore(memoryDriver({ storage })));
    await stores[0]?.save('web', { sandbox: { state: 'ready', count: 0 }, containers: new Map() });
    await Promise.all(
      stores.map(async (store) => {
        for (let round = 0; round < 50; round += 1) {
          await store.update('web', (draft) => {
            draft.sandbox.count = (draft.sandbox.count as number) + 1;
          });
        }
      }),
    );
    expect((await stores[0]?.load('web'))?.sandbox.count).toBe(400);
  });
});
