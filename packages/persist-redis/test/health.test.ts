import { expect, test } from 'vitest';
import { healthOf } from '../src/health.js';
import type { ServerInfo } from '../src/server-info.js';

const sound: ServerInfo = {
  product: 'redis',
  version: '7.4.0',
  role: 'master',
  clustered: false,
  replicas: 0,
  appendOnly: true,
  appendFsync: 'always',
  snapshots: '',
  evictionPolicy: 'noeviction',
  usedBytes: 1000,
  maxBytes: 0,
  persisting: true,
  clockDifferenceMs: 3,
};

test('a server that promises everything is ok', () => {
  const { status, facts, risks } = healthOf([sound], 16, 0);
  expect({ status, risks }).toEqual({ status: 'ok', risks: [] });
  expect(facts).toMatchObject({ usedBytes: 1000, maxBytes: 'no limit', clockDifferenceMs: 3 });
});

test('of several servers the clock that is furthest off is told', () => {
  const infos = [sound, { ...sound, clockDifferenceMs: -60_000 }, { ...sound, clockDifferenceMs: undefined }];
  const { facts, risks } = healthOf(infos, 16, 0);
  expect(facts.clockDifferenceMs).toBe(-60_000);
  expect(risks).toEqual([expect.stringMatching(/clock differs .* by -60 s: .* NTP\.$/)]);
});

test.each<[string, Partial<ServerInfo>, RegExp]>([
  ['nothing is persisted', { appendOnly: false }, /persists nothing.*Set appendonly/],
  ['snapshots only', { appendOnly: false, snapshots: '3600 1' }, /snapshots only.*Set appendonly/],
  ['no file, and nobody tells whether snapshots', { appendOnly: false, snapshots: undefined }, /if it saves any\. Set/],
  ['eviction', { evictionPolicy: 'allkeys-lru' }, /evicts keys.*noeviction/],
  ['little memory', { usedBytes: 95, maxBytes: 100 }, /more than 90 %.*Raise it/],
  ['a replica', { role: 'slave' }, /is a replica/],
])('what is at risk has its remedy: %s', (_, part, risk) => {
  expect(healthOf([{ ...sound, ...part }], 16, 0)).toMatchObject({
    status: 'at-risk',
    risks: [expect.stringMatching(risk)],
  });
});
