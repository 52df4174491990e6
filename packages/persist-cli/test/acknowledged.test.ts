import { expect, it } from 'vitest';
import { Acknowledged } from '../src/demo/acknowledged.js';
import type { SandboxRecord } from '../src/demo/supervisor-event.js';

const container = { id: 'app', state: 'running', pid: 7, start: 'boot/1' } as const;
const record: SandboxRecord = { id: 'web', state: 'running', step: 5, revision: 'r5', containers: [container] };

function compare(...restored: readonly SandboxRecord[]): string[] {
  const acknowledged = new Acknowledged();
  acknowledged.add({ type: 'saved', sandbox: { ...record, step: 4, revision: 'r4' } });
  acknowledged.add({ type: 'saved', sandbox: record });
  return acknowledged.compare(restored.map((sandbox) => ({ ...sandbox, alive: [] })));
}

it('accepts the acknowledged revision, and the one that was being saved', () => {
  expect(compare(record)).toEqual([]);
  expect(compare({ ...record, step: 6, revision: 'r6' })).toEqual([]);
});

it.each([
  ['an older revision', [{ ...record, step: 4, revision: 'r4' }]],
  ['another revision', [{ ...record, revision: 'r5b' }]],
  ['another state', [{ ...record, state: 'ready' as const }]],
  ['another process', [{ ...record, containers: [{ ...container, pid: 8 }] }]],
  ['a missing container', [{ ...record, containers: [] }]],
  ['a missing sandbox', []],
])('refuses %s', (_, restored) => {
  expect(compare(...restored)).toEqual([expect.stringContaining('sandbox web')]);
});
