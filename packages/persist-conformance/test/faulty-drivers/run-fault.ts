import { type ConformanceCase, conformanceCases, type Harness } from '@sandkeep/persist-conformance';
// The child processes of a case run the built entry script, so its context is the built one, too.
import { runCase } from '../../dist/run-case.js';
import { memoryHarness } from '../memory-harness.js';
import { servedMemoryHarness } from '../served-memory/harness.js';
import type { Fault } from './faulty-driver.js';

/** They wait for leases to run out: seconds. */
const slowLockCases = ['I76', 'I77', 'I77-abort', 'I79', 'I98', 'I98-shared'];

/** Large documents, and thousands of calls: seconds over a socket. */
const slowServedCases = [
  'B11',
  'B12',
  'B13',
  'D40',
  'D41',
  'E43',
  'E44',
  'E45',
  'E46',
  'E47',
  'G60',
  'H64',
  'H66',
  'H69',
  'J94',
  'J96',
  'K99',
  'K100',
];

export interface FaultOutcome {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/**
 * Runs the suite on the faulty driver: what can show the fault, and all that has nothing to do with it.
 * Left out, unless the fault names them, are cases that take seconds: those with child processes, those
 * that wait for leases, and over a socket those with large documents and thousands of calls.
 */
export async function runFault(fault: Fault, seed: number): Promise<FaultOutcome> {
  const harness = (await faultyHarness(fault)) as Harness;
  const passed: string[] = [];
  const failed: string[] = [];
  for (const testCase of conformanceCases.filter((one) => isWorthRunning(one, fault))) {
    const status = await outcomeOf(testCase, harness, fault, seed);
    if (status === 'passed') passed.push(testCase.id);
    if (status === 'failed') failed.push(testCase.id);
  }
  return { passed, failed };
}

/** The case that is named for the fault may need some tries where it catches it by chance: in the middle of a write. */
async function outcomeOf(testCase: ConformanceCase, harness: Harness, fault: Fault, seed: number) {
  const isNamed = testCase.id === fault.caughtBy;
  const tries = isNamed ? 4 : 1;
  const limitMs = (isNamed ? fault.limitMs : undefined) ?? 30_000;
  for (let attempt = 1; ; attempt += 1) {
    const { status } = await runCase(testCase, harness, { seed: (seed + attempt) % 2 ** 32, limitMs });
    if (status !== 'passed' || attempt === tries) return status;
  }
}

function isWorthRunning({ id, needs }: ConformanceCase, fault: Fault): boolean {
  if (id === fault.caughtBy || fault.alsoCaughtBy?.includes(id)) return true;
  // They wait for what a fault elsewhere keeps from coming.
  if (id.startsWith('L') && !fault.caughtBy.startsWith('L')) return false;
  if (fault.leftOut?.includes(id) || needs.includes('openInProcess')) return false;
  if (fault.over === 'served memory' && slowServedCases.includes(id)) return false;
  return !slowLockCases.includes(id);
}

async function faultyHarness({ fault, over, config = {}, inProcesses, breakDriver }: Fault) {
  if (over !== 'served memory') return { ...memoryHarness, name: fault, ...broken(memoryHarness, breakDriver) };
  const served: typeof servedMemoryHarness = {
    ...servedMemoryHarness,
    async create() {
      const storage = await servedMemoryHarness.create();
      return { ...storage, config: { ...storage.config, ...config } };
    },
  };
  if (inProcesses === undefined) return { ...served, name: fault, ...broken(served, breakDriver) };
  const module = new URL(`in-processes/${inProcesses}`, import.meta.url).href;
  const faulty = (await import(module)) as { breakDriver: NonNullable<Fault['breakDriver']> };
  return {
    ...served,
    name: fault,
    ...broken(served, faulty.breakDriver),
    openInProcess: (storage: Awaited<ReturnType<typeof served.create>>) => ({
      module: new URL('in-processes/open.js', import.meta.url).href,
      config: { fault: module, opener: served.openInProcess?.(storage) },
    }),
  };
}

function broken<Location>(
  { open, openPeer }: Harness<Location>,
  breakDriver: NonNullable<Fault['breakDriver']> = (sound) => sound,
): Pick<Harness<Location>, 'open' | 'openPeer'> {
  return {
    open: async (location) => breakDriver(await open(location)),
    openPeer: async (location) => breakDriver(await openPeer(location)),
  };
}
