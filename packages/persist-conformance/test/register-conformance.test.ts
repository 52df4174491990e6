import { type Harness, type RegisterConformanceOptions, registerConformance } from '@sandkeep/persist-conformance';
import { expect, it as test, vi } from 'vitest';
import { staleExpectAccepted } from './faulty-drivers/stale-expect-accepted.js';
import { memoryHarness } from './memory-harness.js';
import { servedMemoryHarness } from './served-memory/harness.js';

/** A test runner with `describe` and `it` alone, which remembers what was registered. */
function register(harness: Harness, options: RegisterConformanceOptions) {
  const groups: string[] = [];
  const tests: { name: string; run: (...context: unknown[]) => Promise<void>; limitMs: number | undefined }[] = [];
  const describe = (name: string, registerGroup: () => void) => {
    groups.push(name);
    registerGroup();
  };
  const it = (name: string, run: () => Promise<void>, limitMs?: number) => void tests.push({ name, run, limitMs });
  registerConformance({ describe, it }, harness, options);
  return { groups, tests };
}

test('registers one group a section and one test a case', async () => {
  const { groups, tests } = register(memoryHarness as Harness, { only: ['H67', 'C', 'D33'] });
  expect(groups).toEqual(['conformance of memory', 'C. Remove', 'D. Compare and swap', 'H. List']);
  expect(tests.map(({ name }) => name.split(' ')[0])).toEqual([
    'C26',
    'C27',
    'C28',
    'C29',
    'C29-states',
    'C30',
    'D33',
    'H67',
  ]);
  for (const { run, limitMs } of tests) {
    expect(limitMs).toBeGreaterThan(60_000);
    await run();
  }
});

test('without a way to skip, the title says that a case was not verified', async () => {
  const { tests } = register(memoryHarness as Harness, { only: ['D42'] });
  expect(tests[0]?.name).toMatch(/^D42 .* \(not verified: the harness has no openInProcess\)$/);
  await tests[0]?.run();
});

test('a failure says why it matters and how to repeat it', async () => {
  const open = async (storage: never) => staleExpectAccepted.breakDriver(await memoryHarness.open(storage));
  const { tests } = register({ ...memoryHarness, open, openPeer: open } as Harness, { only: ['D33'], seed: 99 });
  const error = await tests[0]?.run().catch((reason) => reason);
  expect(error.message).toMatch(/^D33 a stale version is CONFLICT and changes nothing: write with a stale version/);
  expect(error.message).toContain('Why it matters: A writer that read before');
  expect(error.message).toContain("To repeat it: { only: ['D33'], seed: 99 }");
  expect(error.cause.message).toMatch(/^write with a stale version/);
});

test('a case that turns out not to be verifiable is said, with a runner that can skip and without', async () => {
  const openUnshared = async (location: never) => {
    const driver = await servedMemoryHarness.open(location);
    return Object.assign(driver, { capabilities: { ...driver.capabilities, shared: false } });
  };
  const { tests } = register({ ...servedMemoryHarness, open: openUnshared } as Harness, { only: ['D42'] });
  const reason = /^D42 .* \(not verified: the driver declares capabilities.shared as false\)$/;
  const skip = vi.fn();
  await tests[0]?.run({ skip });
  expect(skip).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(reason));
  using warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  await tests[0]?.run();
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(reason));
});

test('in mocha, a test takes its time and is skipped by what it is called on', async () => {
  const openUnshared = async (location: never) => {
    const driver = await servedMemoryHarness.open(location);
    return Object.assign(driver, { capabilities: { ...driver.capabilities, shared: false } });
  };
  const { tests } = register({ ...servedMemoryHarness, open: openUnshared } as Harness, { only: ['D42'] });
  const mocha = { timeout: vi.fn(), skip: vi.fn() };
  expect(tests[0]?.run, 'mocha waits for a callback of a function that has parameters').toHaveLength(0);
  await tests[0]?.run.call(mocha);
  expect(mocha.timeout).toHaveBeenCalledExactlyOnceWith(tests[0]?.limitMs);
  expect(mocha.skip).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('not verified: the driver declares'));
});

test.each([
  [undefined, 'it is undefined'],
  [class {}, 'it is a function'],
  [{ ...memoryHarness, name: '' }, 'name must be a text'],
  [{ name: 'half' }, 'create must be a function; open must be a function; openPeer must'],
  [{ ...memoryHarness, corrupt: true }, 'corrupt must be a function, or be left out'],
])('refuses what is no harness: %o', (harness, message) => {
  const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) });
  expect(() => register(harness as never, {})).toThrow(refusal);
});

test('refuses unknown cases when they are registered', () => {
  expect(() => register(memoryHarness as Harness, { only: ['D0'] })).toThrow('only "D0" is not valid');
});
