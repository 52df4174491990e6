import { isPersistError, memoryDriver } from '@sandkeep/persist-api';
import { type CaseReport, conformanceCases, type Harness, runConformance } from '@sandkeep/persist-conformance';
import { expect, it } from 'vitest';
import { staleExpectAccepted } from './faulty-drivers/stale-expect-accepted.js';
import { memoryHarness } from './memory-harness.js';

it('reports every case once, with what passed and what was not verified', async () => {
  const seen: CaseReport[] = [];
  const report = await runConformance(memoryHarness, {
    only: ['A', 'B', 'C', 'D'],
    onProgress: (result) => seen.push(result),
  });
  const cases = conformanceCases.filter(({ section }) => 'ABCD'.includes(section));
  expect(report.cases.map(({ id }) => id)).toEqual(cases.map(({ id }) => id));
  expect(seen).toEqual(report.cases);
  expect(report.harness).toBe('memory');
  expect(report.driver).toMatchObject({ name: 'memory', specVersion: 1, capabilities: { shared: false } });
  const needy = cases.filter(({ needs }) => needs.length > 0).map(({ id }) => id);
  expect(report.cases.filter(({ status }) => status === 'not-verified').map(({ id }) => id)).toEqual(needy);
  expect(report.totals).toEqual({ passed: cases.length - needy.length, failed: 0, notVerified: needy.length });
  expect(report.cases.find(({ id }) => id === 'D42')?.reason).toBe('the harness has no openInProcess');
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

it('tells the story of a failure', async () => {
  const open = async (storage: never) => staleExpectAccepted.breakDriver(await memoryHarness.open(storage));
  const broken = { ...memoryHarness, open, openPeer: open } as Harness;
  const report = await runConformance(broken, { only: ['D32', 'D33'], seed: 1 });
  expect(report).toMatchObject({ seed: 1, totals: { passed: 1, failed: 1, notVerified: 0 } });
  const [, failed] = report.cases;
  expect(failed).toMatchObject({ id: 'D33', section: 'D', status: 'failed' });
  expect(failed?.proves).toContain('cannot overwrite');
  expect(failed?.error?.message).toMatch(/^write with a stale version \(CONFLICT expected\) must reject, but resolved/);
  expect(failed?.error?.stack).toContain('d-compare-and-swap');
});

it('a driver that cannot be opened fails its cases', async () => {
  const open = async () => {
    throw new Error('no such backend');
  };
  const report = await runConformance({ ...memoryHarness, open, openPeer: open }, { only: ['A3', 'A9'] });
  expect(report.driver).toBeUndefined();
  expect(report.cases.map(({ id, status, error, reason }) => [id, status, error?.message ?? reason])).toEqual([
    ['A3', 'failed', 'no such backend'],
    ['A9', 'not-verified', 'the harness has no openInProcess'],
  ]);
});

it('a harness that cannot make or remove a storage fails the case', async () => {
  const fail = async () => {
    throw new Error('disk full');
  };
  const messageOf = async (harness: Harness) =>
    (await runConformance(harness, { only: ['A3'] })).cases[0]?.error?.message;
  expect(await messageOf({ ...memoryHarness, create: fail } as Harness)).toBe('disk full');
  expect(await messageOf({ ...memoryHarness, dispose: fail } as Harness)).toBe(
    'closing what the case opened failed: disk full',
  );
});

it('closes every instance and removes every storage, also after failures', async () => {
  const open = new Set<object>();
  const storages = new Set<object>();
  const opening = async () => {
    const driver = memoryDriver();
    const close = driver.close.bind(driver);
    open.add(driver);
    return Object.assign(driver, { close: () => close().finally(() => open.delete(driver)) });
  };
  const unrelated: Harness<object> = {
    name: 'instances that share nothing',
    async create() {
      const storage = {};
      storages.add(storage);
      return storage;
    },
    open: opening,
    openPeer: opening,
    async dispose(storage) {
      storages.delete(storage);
    },
  };
  const { totals } = await runConformance(unrelated, { only: ['A', 'C', 'D', 'H67'] });
  expect(totals.failed).toBeGreaterThan(5);
  expect([open.size, storages.size]).toEqual([0, 0]);
});

it.each([
  [{ only: ['Q'] }, 'only "Q" is not valid'],
  [{ only: ['D', 'D999'] }, 'only "D999" is not valid'],
  [{ seed: -1 }, 'seed -1 is not valid'],
  [{ seed: 2 ** 32 }, 'seed 4294967296 is not valid'],
  [{ seed: 1.5 }, 'seed 1.5 is not valid'],
])('refuses %j', async (options, message) => {
  const error = await runConformance(memoryHarness, options).catch((reason) => reason);
  expect(isPersistError(error, 'INVALID_ARGUMENT')).toBe(true);
  expect(error.message).toContain(message);
});

it('has cases with unique ids, section by section', () => {
  const ids = conformanceCases.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const letters = conformanceCases.map(({ section }) => section);
  expect(letters).toEqual([...letters].sort());
  for (const { id, section } of conformanceCases) expect(id).toMatch(new RegExp(`^${section}[1-9]\\d*(-[a-z-]+)?$`));
});
