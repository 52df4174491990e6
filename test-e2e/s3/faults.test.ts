import { afterAll, describe, expect, test } from 'vitest';
import { eventually } from '../services/eventually.js';
import { S3FaultProxy } from '../services/s3-fault-proxy.js';
import { s3Service } from '../services/s3-service.js';
import { ScriptedS3Server } from '../services/scripted-s3-server.js';
import { describeCalls, isLinearizable } from '../support/linearizable.js';
import { randomCalls } from '../support/random-calls.js';
import { RecordedDocument } from '../support/recorded-document.js';
import { rounds, timeFor } from '../support/rounds.js';
import { seededRandom } from '../support/seeded-random.js';
import { freshStorage, freshStorageOn, type Storage } from './storage.js';
import { troubles } from './troubles.js';

const callers = 3;
const callsEach = 5;
/** Documents that are used at the same time. */
const atOnce = 10;

const service = await s3Service();
const amazon = await ScriptedS3Server.start();
const versioned = await ScriptedS3Server.start({ versioned: true });
afterAll(() => Promise.all([service.close(), amazon.close(), versioned.close()]));

const servers: readonly [name: string, count: number, open: () => Promise<Storage>][] = [
  ['a real server', rounds(120, 1_000), () => freshStorage(service)],
  ['a server with conditional DELETE', rounds(60, 1_000), async () => freshStorageOn(amazon)],
  ['a versioned bucket', rounds(30, 1_000), async () => freshStorageOn(versioned)],
];

describe.each(servers)('%s', (_, count, makeStorage) => {
  test.each(troubles.map((trouble) => [trouble.name, trouble] as const))(
    `%s: ${count} calls have right outcomes, or unknown ones`,
    {
      timeout: timeFor(count, 300),
    },
    async (_, { timeoutMs, fault }) => {
      const storage = await makeStorage();
      const proxy = await S3FaultProxy.start(storage.options.endpoint ?? '');
      const through = { endpoint: proxy.endpoint, commandTimeoutMs: timeoutMs };
      // Opening takes some requests, and has no longer than a call.
      const open = () => eventually('a driver', () => storage.open(through));
      const drivers = await Promise.all(Array.from({ length: callers }, open));
      const random = seededRandom(1);
      let faults = 0;
      proxy.fault = () => {
        const befallen = fault(random());
        if (befallen !== undefined) faults += 1;
        return befallen;
      };

      const documents = Array.from({ length: Math.ceil(count / (callers * callsEach)) }, (_, n) => {
        return new RecordedDocument(`document-${n}`);
      });
      for (let from = 0; from < documents.length; from += atOnce) {
        const used = documents.slice(from, from + atOnce).flatMap((document, n) =>
          drivers.map((driver, caller) => {
            const seed = 1_000 * from + 10 * n + caller;
            return randomCalls(document, driver, { count: callsEach, name: `c${caller}`, random: seededRandom(seed) });
          }),
        );
        await Promise.all(used);
      }
      await proxy.settled();

      const direct = await storage.open();
      for (const document of documents) {
        await document.read(direct);
        expect(isLinearizable(document.calls), describeCalls(document.calls)).toBe(true);
      }
      const outcomes = documents.flatMap(({ calls }) => calls.map(({ result }) => result.type));
      const of = (type: string) => outcomes.filter((outcome) => outcome === type).length;
      const { length } = outcomes;
      const { requests } = proxy;
      console.log(
        `${length} calls, ${requests.length} requests, ${faults} faults: ${of('unknown')} unknown, ${of('failed')} failed`,
      );
      expect(faults).toBeGreaterThan(count / 10);
      expect(of('unknown') + of('failed')).toBeLessThan(length / 2);
      await Promise.all([direct, ...drivers].map((driver) => driver.close()));
      await proxy.close();
    },
  );
});
