import { setTimeout as delay } from 'node:timers/promises';
import { type S3Fault, unavailable } from '../services/s3-fault-proxy.js';

/** Something that goes wrong with some of the requests. */
export interface Trouble {
  readonly name: string;
  /** The time that drivers are to have for a call, in milliseconds. */
  readonly timeoutMs: number;
  /** What befalls a request. @param chance from 0 up to, but without, 1 */
  fault(chance: number): S3Fault | undefined;
}

const shortMs = 600;

export const troubles: readonly Trouble[] = [
  {
    name: 'three of ten connections are cut, before or after the request was applied',
    timeoutMs: 5_000,
    fault: (chance) => (chance < 0.1 ? 'lose request' : chance < 0.3 ? 'lose answer' : undefined),
  },
  {
    name: 'three of ten connections are cut before the request arrives',
    timeoutMs: 5_000,
    fault: (chance) => (chance < 0.3 ? { until: delay(chance * 500), cut: true } : undefined),
  },
  {
    name: 'a third of all requests is answered 500 or 503',
    timeoutMs: 5_000,
    fault: (chance) => {
      if (chance < 1 / 9) return unavailable(503);
      if (chance < 2 / 9) return unavailable(500);
      return chance < 1 / 3 ? unavailable(500, true) : undefined;
    },
  },
  {
    name: 'a fifth of all answers comes after the deadline',
    timeoutMs: shortMs,
    fault: (chance) => (chance < 0.2 ? { answerAfter: delay(shortMs * 1.2) } : undefined),
  },
  {
    name: 'a fifth of all requests arrives after the deadline',
    timeoutMs: shortMs,
    fault: (chance) => (chance < 0.2 ? { until: delay(shortMs * 1.2) } : undefined),
  },
  {
    name: 'requests and answers come late, but in time',
    timeoutMs: 5_000,
    fault: (chance) => {
      if (chance < 0.2) return { until: delay(chance * 500) };
      return chance < 0.4 ? { answerAfter: delay(chance * 500) } : undefined;
    },
  },
];
