import { isPersistError, type PersistDriver } from '@sandkeep/persist-api';
import { afterAll, describe, expect, test } from 'vitest';
import { eventually } from '../services/eventually.js';
import { S3FaultProxy } from '../services/s3-fault-proxy.js';
import { s3Service } from '../services/s3-service.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { describeCalls, isLinearizable } from '../support/linearizable.js';
import { RecordedDocument } from '../support/recorded-document.js';
import { freshStorage, freshStorageOn, type Storage } from './storage.js';

const service = await s3Service();
const amazon = await ScriptedS3Server.start();
afterAll(() => Promise.all([service.close(), amazon.close()]));

type Found = { readonly value: string; readonly version: string };
type Change = (document: RecordedDocument, driver: PersistDriver, there: Found) => Promise<unknown>;

const changes: readonly [name: string, change: Change][] = [
  ['a save', (document, driver) => document.write(driver, 'late')],
  ['a conditional save', (document, driver, there) => document.write(driver, 'late', there)],
  ['a removal', (document, driver) => document.remove(driver)],
  ['a conditional removal', (document, driver, there) => document.remove(driver, there)],
];

const servers: readonly [name: string, open: () => Promise<Storage>][] = [
  ['a real server', () => freshStorage(service)],
  ['a server with conditional DELETE', async () => freshStorageOn(amazon)],
];

describe.each(servers)('%s', (_, open) => {
  /** A driver whose next change is held up on the way, and one that is not. */
  async function start() {
    const storage = await open();
    const proxy = await S3FaultProxy.start(storage.options.endpoint ?? '');
    const direct = await storage.open();
    const through = { endpoint: proxy.endpoint, commandTimeoutMs: 400 };
    const slow = await eventually('a driver', () => storage.open(through));
    let release = () => {};
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    let holding = false;
    const hold = () => {
      holding = true;
      proxy.fault = ({ method }) => {
        if (!holding || method === 'GET') return undefined;
        holding = false;
        return { until };
      };
    };
    const end = async () => {
      release();
      await proxy.settled();
      await Promise.all([direct, slow].map((driver) => driver.close()));
      await proxy.close();
    };
    return { proxy, direct, slow, hold, release, end };
  }

  test.each(changes)('%s that arrives late undoes nothing that came after it', async (_, change) => {
    const { proxy, direct, slow, hold, release, end } = await start();
    const document = new RecordedDocument('a');
    const there = (await document.write(direct, 'before')) as Found;
    hold();
    await change(document, slow, there);
    await document.write(direct, 'after', (await document.read(direct)) ?? 'absent');
    await document.read(direct);
    release();
    await proxy.settled();
    await document.read(direct);
    expect(isLinearizable(document.calls), describeCalls(document.calls)).toBe(true);
    await end();
  });

  test('a creation that arrives late does not bring back a document that was removed after it', async () => {
    const { proxy, direct, slow, hold, release, end } = await start();
    const document = new RecordedDocument('b');
    hold();
    await document.write(slow, 'late', 'absent');
    await document.remove(direct);
    await document.read(direct);
    release();
    await proxy.settled();
    await document.read(direct);
    expect(isLinearizable(document.calls), describeCalls(document.calls)).toBe(true);
    await end();
  });

  test('a conditional save or removal whose caller was told CONFLICT never happens', async () => {
    const { proxy, direct, slow, hold, release, end } = await start();
    const first = await direct.write('c', Buffer.from('1'));
    const second = await direct.write('c', Buffer.from('2'));
    hold();
    const refused = await slow.remove('c', { expect: first }).catch((error) => error);
    expect(isPersistError(refused) && ['CONFLICT', 'OUTCOME_UNKNOWN']).toContain(refused.code);
    release();
    await proxy.settled();
    expect((await direct.read('c'))?.version).toBe(second);
    await end();
  });
});
