import { memoryDriver } from '@sandkeep/persist-api';
import type { CaseContext, ConformanceCase } from '@sandkeep/persist-conformance';
import { expect, it } from 'vitest';
// The child processes of a case run the built entry script, so its context is the built one, too.
import { type RunCaseOptions, runCase } from '../dist/run-case.js';
import { memoryHarness } from './memory-harness.js';
import { servedMemoryHarness } from './served-memory/harness.js';

function caseOf(run: (context: CaseContext) => Promise<void>): ConformanceCase {
  return { id: 'A1', section: 'A', title: 'a case', proves: 'nothing', needs: [], run };
}

const runHere = (run: (context: CaseContext) => Promise<void>, options: Partial<RunCaseOptions> = {}) =>
  runCase(caseOf(run), memoryHarness as never, { seed: 1, ...options });

const runServed = (run: (context: CaseContext) => Promise<void>, options: Partial<RunCaseOptions> = {}) =>
  runCase(caseOf(run), servedMemoryHarness as never, { seed: 1, ...options });

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it('a case that hangs fails, and what it opened is closed', async () => {
  let child: { pid: number } | undefined;
  let opened: ReturnType<typeof memoryDriver> | undefined;
  const outcome = await runServed(
    async (context) => {
      opened = await context.open();
      child = await context.spawn();
      await new Promise(() => {});
    },
    { limitMs: 2000 },
  );
  expect(outcome).toMatchObject({
    status: 'failed',
    error: { message: 'waited 2000 ms for the case: it did not end' },
  });
  expect(isRunning(child?.pid as number)).toBe(false);
  await expect(opened?.read('a')).rejects.toMatchObject({ code: 'CLOSED' });
});

it('what a case opens when its time is up is closed, and later it can open nothing', async () => {
  const opened: ReturnType<typeof memoryDriver>[] = [];
  let late: Promise<unknown> | undefined;
  let finish = () => {};
  const slow = {
    ...memoryHarness,
    open: async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      const driver = memoryDriver();
      opened.push(driver);
      return driver;
    },
  };
  const run = async (context: CaseContext) => {
    late = context.open().then(() => context.open());
    late.catch(() => {});
    await new Promise(() => {});
  };
  const controller = new AbortController();
  const running = runCase(caseOf(run), slow as never, { seed: 1, signal: controller.signal });
  setImmediate(() => {
    controller.abort(new Error('interrupted'));
    setImmediate(() => finish());
  });
  expect(await running).toMatchObject({ status: 'failed', error: { message: 'interrupted' } });
  await expect(late).rejects.toThrow('the case has ended');
  expect(opened).toHaveLength(1);
  await expect(opened[0]?.read('a')).rejects.toMatchObject({ code: 'CLOSED' });
});

it('ends child processes that are paused', async () => {
  let pid = 0;
  const outcome = await runServed(async (context) => {
    const child = await context.spawn();
    pid = child.pid;
    await child.pause();
  });
  expect(outcome).toEqual({ status: 'passed' });
  expect(isRunning(pid)).toBe(false);
});

it('an error in a child process arrives with its code and its stack', async () => {
  const outcome = await runServed(async (context) => {
    const child = await context.spawn();
    await child.run('write', { key: '../a', text: 'x' });
  });
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'INVALID_ARGUMENT' } });
  expect((outcome as { error: Error }).error.stack).toContain('in the child process:');
});

it('a child process that ends in the middle of a task is told', async () => {
  const outcome = await runServed(async (context) => {
    const child = await context.spawn();
    const writing = child.run('churn', { keys: ['a'] });
    await child.kill();
    await writing;
  });
  expect(outcome).toMatchObject({ status: 'failed', error: { message: 'the child process ended (SIGKILL)' } });
});

it('a child process whose module cannot be loaded is told', async () => {
  const openInProcess = () => ({ module: 'file:///nowhere/open.js', config: undefined });
  const harness = { ...servedMemoryHarness, openInProcess } as never;
  const outcome = await runCase(
    caseOf(async (context) => void (await context.spawn())),
    harness,
    { seed: 1 },
  );
  expect(outcome).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('/nowhere/open.js') } });
});

it('an instance that opens too late is closed as well', async () => {
  const closed: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const open = async () => {
    await held;
    const driver = memoryDriver();
    return Object.assign(driver, { close: async () => void closed.push('late') });
  };
  const outcome = await runCase(
    caseOf(async (context) => void (await context.open())),
    { ...memoryHarness, open } as never,
    { seed: 1, limitMs: 50 },
  );
  expect(outcome.status).toBe('failed');
  release();
  await expect.poll(() => closed).toEqual(['late']);
});

it('a failure is told rather than what its clean-up meets', async () => {
  const outcome = await runHere(async (context) => {
    context.defer(() => Promise.reject(new Error('from the clean-up')));
    throw new Error('from the case');
  });
  expect(outcome).toMatchObject({ status: 'failed', error: { message: 'from the case' } });
});

it('the same seed gives the same choices, another one others', async () => {
  const choices = async (seed: number) => {
    let made: number[] = [];
    await runHere(
      async ({ random }) => {
        made = [...Array.from({ length: 20 }, () => random.integer(1000)), ...random.shuffled([1, 2, 3, 4, 5, 6, 7])];
      },
      { seed },
    );
    return made;
  };
  const first = await choices(1);
  expect(await choices(1)).toEqual(first);
  expect(await choices(2)).not.toEqual(first);
  expect(new Set(first.slice(0, 20)).size).toBeGreaterThan(10);
  expect([...first.slice(20)].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
