import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryDriver, SandboxStore, storeChannel, type TraceContext } from '../../src/index.js';

describe('every call of a store is traced', () => {
  const events: TraceContext[] = [];
  const record = (context: unknown) => events.push(context as TraceContext);
  const subscribers = { start() {}, end() {}, asyncStart() {}, asyncEnd: record, error() {} };
  beforeEach(() => {
    events.length = 0;
    storeChannel.subscribe(subscribers);
  });
  afterEach(() => void storeChannel.unsubscribe(subscribers));

  const ready = { sandbox: { state: 'ready' as const }, containers: new Map() };

  test('with operation, driver, id, bytes and outcome', async () => {
    const store = new SandboxStore(memoryDriver());
    await store.save('web', ready);
    await store.load('web');
    await store.find('other');
    await store.save('other', ready);
    for await (const _ of store.list());
    await store.destroy('web');
    await store.load('web').catch(() => {});
    await store.save('a/b', ready).catch(() => {});
    await store.load('web', { signal: AbortSignal.abort() }).catch(() => {});
    await store.globals.read('g');
    expect(events.map(({ operation, key, outcome }) => [operation, key, outcome])).toEqual([
      ['save', 'web', 'ok'],
      ['load', 'web', 'ok'],
      ['find', 'other', 'ok'],
      ['save', 'other', 'ok'],
      ['list', 'default/sandboxes/', 'ok'],
      ['destroy', 'web', 'ok'],
      ['load', 'web', 'NOT_FOUND'],
      ['save', 'a/b', 'INVALID_ARGUMENT'],
      ['load', 'web', 'aborted'],
      ['globals.read', 'g', 'ok'],
    ]);
    expect(new Set(events.map(({ driver }) => driver))).toEqual(new Set(['memory']));
    expect(events[0]?.bytes).toBeGreaterThan(50);
    expect(events[1]?.bytes).toBe(events[0]?.bytes);
    expect(events[2]?.bytes).toBeUndefined();
  });

  test('an update with the number of its attempts', async () => {
    const store = new SandboxStore(memoryDriver());
    await store.save('web', ready);
    let calls = 0;
    await store.update('web', async () => {
      calls += 1;
      if (calls < 3) await store.save('web', ready);
    });
    expect(events.at(-1)).toMatchObject({ operation: 'update', attempt: 3, outcome: 'ok' });
  });

  test('an error of the caller is no abort', async () => {
    const store = new SandboxStore(memoryDriver());
    await store.save('web', ready);
    const bug = new TypeError('bug');
    const buggy = () => {
      throw bug;
    };
    await expect(store.update('web', buggy)).rejects.toBe(bug);
    expect(events.at(-1)).toMatchObject({ operation: 'update', outcome: 'error' });
    const aborting = new AbortController();
    const reason = new Error('enough');
    const aborts = () => aborting.abort(reason);
    await expect(store.update('web', aborts, { signal: aborting.signal })).rejects.toBe(reason);
    expect(events.at(-1)).toMatchObject({ operation: 'update', outcome: 'aborted' });
  });

  test('a listing as one call, however it ends', async () => {
    const driver = memoryDriver();
    const store = new SandboxStore(driver);
    for (const id of ['a', 'b', 'c']) await store.save(id, ready);
    events.length = 0;
    for await (const _ of store.list()) break;
    await driver.close();
    await expect(store.list()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'CLOSED' });
    expect(events.map(({ operation, outcome }) => [operation, outcome])).toEqual([
      ['list', 'ok'],
      ['list', 'CLOSED'],
    ]);
  });

  test('and changing the input after the call still changes nothing', async () => {
    const store = new SandboxStore(memoryDriver());
    const input = { sandbox: { state: 'ready' as 'ready' | 'stopped' }, containers: new Map() };
    const saving = store.save('web', input);
    input.sandbox.state = 'stopped';
    await saving;
    expect((await store.load('web')).sandbox.state).toBe('ready');
  });
});
