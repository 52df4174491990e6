import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { driverChannel, PersistError, type TraceContext } from '../../src/index.js';
import { rejection } from '../lock/lease-fixture.js';
import { collect, testBackend } from './test-backend.js';

/** What was seen of each event: its name and the context as it was then. */
let events: [string, TraceContext & { error?: unknown }][] = [];
const see = (name: string) => (context: object) => void events.push([name, { ...(context as TraceContext) }]);
const subscribers = {
  start: see('start'),
  end: see('end'),
  asyncStart: see('asyncStart'),
  asyncEnd: see('asyncEnd'),
  error: see('error'),
};

beforeEach(() => {
  events = [];
  driverChannel.subscribe(subscribers);
});
afterEach(() => {
  driverChannel.unsubscribe(subscribers);
});

const last = () => events.at(-1);

describe('sandkeep:driver', () => {
  it('tells each call: what, which driver, which key, how many bytes, and how it ended', async () => {
    const { driver } = testBackend();
    await driver.read('a');
    expect(events.map(([name]) => name)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
    expect(events[0]).toEqual(['start', { operation: 'read', driver: 'test', key: 'a' }]);
    expect(last()?.[1]).toMatchObject({ operation: 'read', driver: 'test', key: 'a', bytes: 4, outcome: 'ok' });
    await driver.write('b', new Uint8Array(7));
    expect(last()).toMatchObject(['asyncEnd', { operation: 'write', key: 'b', bytes: 7, outcome: 'ok' }]);
    await driver.remove('c');
    expect(last()).toMatchObject(['asyncEnd', { operation: 'remove', key: 'c', outcome: 'ok' }]);
    await driver.lock('d');
    expect(last()).toMatchObject(['asyncEnd', { operation: 'lock', key: 'd', outcome: 'ok' }]);
    await driver.health();
    expect(last()).toMatchObject(['asyncEnd', { operation: 'health', key: '', outcome: 'ok' }]);
  });

  it('tells the code of an error', async () => {
    const { driver, backend } = testBackend();
    const error = new PersistError('CONFLICT', 'no');
    backend.write.mockRejectedValueOnce(error);
    await rejection(driver.write('a', new Uint8Array(1)));
    expect(events.map(([name]) => name)).toContain('error');
    expect(last()?.[1]).toMatchObject({ outcome: 'CONFLICT', error });
    backend.read.mockRejectedValueOnce(new Error('foreign'));
    await rejection(driver.read('a'));
    expect(last()?.[1]).toMatchObject({ outcome: 'UNAVAILABLE' });
  });

  it('tells an abort', async () => {
    const { driver, backend } = testBackend();
    const aborting = new AbortController();
    backend.read.mockImplementationOnce(async () => {
      aborting.abort();
      throw aborting.signal.reason;
    });
    await rejection(driver.read('a', { signal: aborting.signal }));
    expect(last()?.[1]).toMatchObject({ outcome: 'aborted' });
  });

  it('tells an iteration as one call, which ends with it', async () => {
    const { driver, backend } = testBackend();
    const names = () => events.map(([name, { outcome }]) => (outcome === undefined ? name : `${name} ${outcome}`));
    const whole = ['start', 'end', 'asyncStart ok', 'asyncEnd ok'];
    await collect(driver.list('a'));
    expect(names()).toEqual(whole);
    expect(events[0]).toEqual(['start', { operation: 'list', driver: 'test', key: 'a' }]);

    events = [];
    for await (const _ of driver.list('a')) {
      expect(names()).toEqual(['start', 'end']);
      break;
    }
    expect(names()).toEqual(whole);

    events = [];
    backend.list.mockImplementationOnce(async function* () {
      yield 'a';
      throw new PersistError('TIMEOUT', 'slow');
    });
    await rejection(collect(driver.list('a')));
    expect(names()).toEqual(['start', 'end', 'error TIMEOUT', 'asyncStart TIMEOUT', 'asyncEnd TIMEOUT']);
  });

  it('tells nothing of a call that was refused', async () => {
    const { driver } = testBackend();
    await rejection(driver.read('..'));
    await rejection(driver.read('a', { signal: AbortSignal.abort() }));
    expect(events).toEqual([]);
  });
});

it('results are the same with and without a subscriber', async () => {
  const { driver } = testBackend();
  const seen = await driver.read('a');
  driverChannel.unsubscribe(subscribers);
  expect(await driver.read('a')).toEqual(seen);
  driverChannel.subscribe(subscribers);
});
