import {
  type CaseReport,
  conformanceCases,
  type Harness,
  type Level,
  levelOf,
  type Report,
  runConformance,
} from '@sandkeep/persist-conformance';
import { expect, it } from 'vitest';
import { levelReached, levelReports } from '../src/level-report.js';
import { memoryHarness } from './memory-harness.js';
import { servedMemoryHarness } from './served-memory/harness.js';

/** The levels as they follow when every case has passed but for these. */
function levelsWith(others: Readonly<Record<string, Partial<CaseReport>>>): Pick<Report, 'level' | 'levels'> {
  const results = conformanceCases.map((testCase): CaseReport => {
    const { id, section, title, proves } = testCase;
    const level = levelOf(testCase);
    return { id, section, level, title, proves, status: 'passed', durationMs: 1, ...others[id] };
  });
  const levels = levelReports(results);
  const level = levelReached(levels);
  return { levels, ...(level && { level }) };
}

it.each<[string, Level]>([
  ['A3', 'core'],
  ['A8', 'core'],
  ['D42', 'concurrent'],
  ['I78', 'crash-safe'],
  ['I81', 'crash-safe'],
  ['E54', 'crash-safe'],
  ['J90-failure', 'crash-safe'],
])('%s belongs to %s', (id, level) => {
  const testCase = conformanceCases.find((one) => one.id === id);
  expect(testCase && levelOf(testCase)).toBe(level);
});

it.each<[string, Record<string, Partial<CaseReport>>, Level | undefined]>([
  ['everything passed', {}, 'crash-safe'],
  ['a case of crash-safe failed', { E54: { status: 'failed' } }, 'concurrent'],
  ['a case of concurrent failed', { D42: { status: 'failed' } }, 'core'],
  ['a case of core failed', { A3: { status: 'failed' } }, undefined],
  ['a case of crash-safe was not verified', { E54: { status: 'not-verified' } }, 'concurrent'],
  ['a case of concurrent was not verified', { D42: { status: 'not-verified' } }, 'core'],
  ['only what the driver has not was not verified', { A10: { status: 'not-verified', optional: true } }, 'crash-safe'],
])('%s', (_, others, level) => {
  expect(levelsWith(others).level).toBe(level);
});

it('says what holds a level back, and that those above are not reached either', () => {
  const [core, concurrent, crashSafe] = levelsWith({
    A8: { status: 'not-verified', optional: true },
    D42: { status: 'failed' },
    'J88-processes': { status: 'not-verified' },
  }).levels;
  expect(core).toMatchObject({ level: 'core', reached: true, notVerified: 1, heldBackBy: [] });
  expect(concurrent).toMatchObject({ reached: false, failed: 1, notVerified: 1, heldBackBy: ['D42', 'J88-processes'] });
  expect(crashSafe).toMatchObject({ level: 'crash-safe', reached: false, failed: 0, heldBackBy: [] });
});

it('no level is reached by a part of its cases', async () => {
  const { level, levels } = await runConformance(memoryHarness, { only: ['C'] });
  expect(level).toBeUndefined();
  const core = conformanceCases.filter((testCase) => levelOf(testCase) === 'core');
  const ran = core.filter(({ section }) => section === 'C').length;
  expect(levels[0]).toMatchObject({ reached: false, passed: ran, failed: 0, heldBackBy: [] });
  expect(levels[0]?.notRun).toBe(core.length - ran);
});

it('a level can be run alone, and a driver with every hook of it reaches it', async () => {
  const report = await runConformance(memoryHarness, { only: ['core'] });
  expect(new Set(report.cases.map(({ level }) => level))).toEqual(new Set(['core']));
  expect(report.level).toBe('core');
  const optional = report.cases.filter((result) => result.optional).map(({ id }) => id);
  expect(optional).toEqual(expect.arrayContaining(['A8', 'A10', 'J91']));
}, 60_000);

it('a driver that shares nothing over processes stays at core', async () => {
  const openUnshared = async (location: never) => {
    const driver = await servedMemoryHarness.open(location);
    return Object.assign(driver, { capabilities: { ...driver.capabilities, shared: false } });
  };
  const unshared = { ...servedMemoryHarness, open: openUnshared } as Harness;
  const { levels } = await runConformance(unshared, { only: ['D42', 'A8'] });
  expect(levels[0]?.heldBackBy).toEqual([]);
  expect(levels[1]).toMatchObject({ level: 'concurrent', reached: false, heldBackBy: ['D42'] });
});
