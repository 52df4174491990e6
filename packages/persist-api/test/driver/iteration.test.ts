import { describe, expect, it, vi } from 'vitest';
import { itemsOf } from '../../src/driver/items-of.js';
import { Iteration, type IterationSteps } from '../../src/driver/iteration.js';

function stepsOf(...items: (number | Error | Promise<number>)[]) {
  return {
    next: vi.fn(async (): Promise<IteratorResult<number>> => {
      const item = await items.shift();
      if (item instanceof Error) throw item;
      return item === undefined ? { done: true, value: undefined } : { done: false, value: item };
    }),
    toItem: (item: number) => item * 10,
    end: vi.fn(async () => {}),
  } satisfies IterationSteps<number>;
}

describe('an iteration', () => {
  it('gives the items, and then ends once', async () => {
    const steps = stepsOf(1, 2);
    const items: number[] = [];
    const iteration = new Iteration(steps);
    for await (const item of iteration) items.push(item);
    expect(items).toEqual([10, 20]);
    expect(await iteration.next()).toEqual({ done: true, value: undefined });
    expect(steps.next).toHaveBeenCalledTimes(3);
    expect(steps.end.mock.calls).toEqual([[undefined]]);
  });

  it('ends once when it is left early', async () => {
    const steps = stepsOf(1, 2);
    for await (const _ of new Iteration(steps)) break;
    expect(steps.next).toHaveBeenCalledOnce();
    expect(steps.end.mock.calls).toEqual([[undefined]]);
  });

  it('that never began ends nothing, and gives nothing any more', async () => {
    const steps = stepsOf(1);
    const iteration = new Iteration(steps);
    expect(await iteration.return()).toEqual({ done: true, value: undefined });
    expect(await iteration.next()).toEqual({ done: true, value: undefined });
    expect(steps.next).not.toHaveBeenCalled();
    expect(steps.end).not.toHaveBeenCalled();
  });

  it.each([
    ['rejects', async () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('ends with an error where a step %s', async (_, next) => {
    const steps = { ...stepsOf(), next, toError: (error: unknown) => ({ told: error }) };
    const iteration = new Iteration(steps);
    const error = { told: new Error('no') };
    await expect(iteration.next()).rejects.toEqual(error);
    expect(steps.end.mock.calls).toEqual([[{ error }]]);
    expect(await iteration.next()).toEqual({ done: true, value: undefined });
    expect(steps.end).toHaveBeenCalledOnce();
  });

  it('takes calls that do not wait for each other in turn', async () => {
    let give: (item: number) => void = () => {};
    const steps = stepsOf(new Promise<number>((resolve) => (give = resolve)), 2, 3);
    const iteration = new Iteration(steps);
    const calls = [iteration.next(), iteration.next(), iteration.return(), iteration.next()];
    expect(steps.next).toHaveBeenCalledOnce();
    give(1);
    expect(await Promise.all(calls)).toEqual([
      { done: false, value: 10 },
      { done: false, value: 20 },
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(steps.next).toHaveBeenCalledTimes(2);
    expect(steps.end).toHaveBeenCalledOnce();
  });

  it('goes on with the call that waits after one that failed', async () => {
    const iteration = new Iteration(stepsOf(new Error('no')));
    const calls = await Promise.allSettled([iteration.next(), iteration.next()]);
    expect(calls.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});

describe('the items of batches', () => {
  it('come one by one, empty batches or not', async () => {
    const items: string[] = [];
    const batches = (async function* () {
      yield* [[], ['a', 'b'], [], ['c'], []];
    })();
    for await (const item of itemsOf(batches)) items.push(item);
    expect(items).toEqual(['a', 'b', 'c']);
  });

  it('release the batches when they are left early', async () => {
    const released = vi.fn();
    const batches = (async function* () {
      try {
        yield ['a', 'b'];
      } finally {
        released();
      }
    })();
    for await (const _ of itemsOf(batches)) break;
    expect(released).toHaveBeenCalledOnce();
  });
});
