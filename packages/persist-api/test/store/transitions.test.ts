import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  memoryDriver,
  type SandboxInput,
  SandboxStore,
  type StateString,
  stateStrings,
  stateTransitions,
} from '../../src/index.js';

const state = (sandbox: StateString, containers: Record<string, StateString> = {}): SandboxInput => ({
  sandbox: { state: sandbox },
  containers: new Map(Object.entries(containers).map(([id, name]) => [id, { state: name }])),
});

const open = () => {
  const driver = memoryDriver();
  return { driver, store: new SandboxStore(driver, { checkTransitions: true }) };
};

describe('with checkTransitions', () => {
  for (const from of stateStrings) {
    for (const to of stateStrings) {
      const isAllowed = from === to || stateTransitions[from].includes(to);
      test(`${from} → ${to} is ${isAllowed ? 'saved' : 'refused'}, for sandbox and container, by save and update`, async () => {
        const { store } = open();
        const cases = [
          { after: state(to, { c: from }), subject: 'sandbox web' },
          { after: state(from, { c: to }), subject: 'container c of sandbox web' },
        ];
        for (const { after, subject } of cases) {
          const refused = {
            code: 'INVALID_STATE',
            message: expect.stringContaining(`${subject}: cannot move from '${from}' to '${to}'`),
            driver: 'memory',
            key: 'default/sandboxes/web',
          };
          const calls = [
            () => store.save('web', after),
            () => store.update('web', (draft) => void Object.assign(draft, structuredClone(after))),
          ];
          for (const call of calls) {
            await store.destroy('web');
            const revision = await store.save('web', state(from, { c: from }));
            if (isAllowed) await call();
            else {
              await expect(call()).rejects.toMatchObject(refused);
              expect((await store.load('web')).revision).toBe(revision);
            }
          }
        }
      });
    }
  }

  test('a new sandbox or container may have any state; a removed one, too', async () => {
    const { store } = open();
    await store.save('web', state('paused', { a: 'stopped', b: 'running' }));
    await store.save('web', state('paused', { b: 'running', c: 'paused' }));
    await store.save('web', state('paused', { a: 'ready' }));
    expect((await store.load('web')).containers).toEqual(new Map([['a', { state: 'ready' }]]));
  });

  test('the states are those of the call, whatever happens to the input meanwhile', async () => {
    const { store } = open();
    await store.save('web', state('ready'));
    const input = state('paused');
    const saving = store.save('web', input);
    (input.sandbox as { state: string }).state = 'running';
    await expect(saving).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  test('a save that meets another one starts over and checks against that one', async () => {
    const { driver, store } = open();
    await store.save('web', state('ready'));
    const read = driver.read.bind(driver);
    const plain = new SandboxStore(driver);
    const spy = vi.spyOn(driver, 'read').mockImplementationOnce(async (...parameters) => {
      const document = await read(...parameters);
      await plain.save('web', state('running'));
      return document;
    });
    await store.save('web', state('stopped'));
    expect(spy).toHaveBeenCalledTimes(2);
    expect((await store.load('web')).sandbox.state).toBe('stopped');

    vi.spyOn(driver, 'read').mockImplementationOnce(async (...parameters) => {
      const document = await read(...parameters);
      await plain.save('web', state('ready'));
      return document;
    });
    await expect(store.save('web', state('paused'))).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining("'stopped'"),
    });
    await expect(store.save('web', state('paused'))).rejects.toMatchObject({
      message: expect.stringContaining("'ready'"),
    });
  });

  test('two creators meet: the second is checked against the first', async () => {
    const { driver, store } = open();
    vi.spyOn(driver, 'read').mockImplementationOnce(async () => {
      await new SandboxStore(driver).save('web', state('stopped'));
      return undefined;
    });
    await expect(store.save('web', state('paused'))).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  test('ifRevision holds as without, and comes before the states', async () => {
    const { driver, store } = open();
    const first = await store.save('web', state('ready'), { ifRevision: 'absent' });
    await expect(store.save('web', state('paused'), { ifRevision: 'absent' })).rejects.toMatchObject({
      code: 'CONFLICT',
      currentVersion: first,
    });
    const second = await store.save('web', state('running'), { ifRevision: first });
    await expect(store.save('web', state('ready'), { ifRevision: first })).rejects.toMatchObject({
      code: 'CONFLICT',
      currentVersion: second,
    });
    await expect(store.save('gone', state('ready'), { ifRevision: first })).rejects.toMatchObject({ code: 'CONFLICT' });

    const read = driver.read.bind(driver);
    vi.spyOn(driver, 'read').mockImplementationOnce(async (...parameters) => {
      const document = await read(...parameters);
      await new SandboxStore(driver).save('web', state('stopped'));
      return document;
    });
    await expect(store.save('web', state('paused'), { ifRevision: second })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect((await store.load('web')).sandbox.state).toBe('stopped');
  });

  test('an abort ends a save that keeps meeting others', async () => {
    const { driver, store } = open();
    const plain = new SandboxStore(driver);
    const controller = new AbortController();
    const reason = new Error('enough');
    const read = driver.read.bind(driver);
    let reads = 0;
    vi.spyOn(driver, 'read').mockImplementation(async (...parameters) => {
      const document = await read(...parameters);
      reads += 1;
      await plain.save('web', state('running'));
      if (reads === 4) controller.abort(reason);
      return document;
    });
    await expect(store.save('web', state('running'), { signal: controller.signal })).rejects.toBe(reason);
    expect(reads).toBe(4);
  });

  test('a damaged document is CORRUPT instead of replaced', async () => {
    const { driver, store } = open();
    const version = await driver.write('default/sandboxes/web', Buffer.from('{'));
    await expect(store.save('web', state('ready'))).rejects.toMatchObject({ code: 'CORRUPT' });
    expect((await driver.read('default/sandboxes/web'))?.version).toBe(version);
  });

  test('states of another kind may stay, but not change', async () => {
    const schema = { sandbox: z.object({ state: z.string().optional() }), container: z.unknown() };
    const store = new SandboxStore(memoryDriver(), { schema, checkTransitions: true });
    await store.save('web', { sandbox: { state: 'booting' }, containers: new Map([['a', null]]) });
    await store.save('web', { sandbox: { state: 'booting' }, containers: new Map([['a', 'text']]) });
    await expect(store.save('web', { sandbox: { state: 'ready' }, containers: new Map() })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('sandbox web: the current state "booting" is not valid'),
    });
  });
});

test('without checkTransitions every move is saved, by a single write', async () => {
  const driver = memoryDriver();
  const store = new SandboxStore(driver);
  const read = vi.spyOn(driver, 'read');
  await store.save('web', state('ready'));
  await store.save('web', state('paused'));
  expect(read).not.toHaveBeenCalled();
  expect((await store.load('web')).sandbox.state).toBe('paused');
});
