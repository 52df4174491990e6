/** What an {@link Iteration} is made of. None of it is called before the one before it has settled. */
export interface IterationSteps<In, Out = In> {
  /** The next item. Where this throws or rejects, the iteration ends. */
  next(): Promise<IteratorResult<In, unknown>>;
  /** What the item is to whoever iterates. */
  toItem(item: In): Out;
  /** A promise of {@link next} has settled. */
  settled?(): void;
  /** The error as whoever iterates gets it. */
  toError?(error: unknown): unknown;
  /** Releases what is held: once, after the last item, an error, or an early end; not where `next` was never called. */
  end(failure?: { error: unknown }): Promise<void> | void;
}

const done = { done: true, value: undefined } as const;

/**
 * An iteration whose calls take turns and whose end comes once, as those of an async generator do; but an item costs
 * one promise instead of several.
 */
export class Iteration<In, Out = In> implements AsyncIterableIterator<Out, void, undefined> {
  readonly #steps: IterationSteps<In, Out>;
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;
  #isBegun = false;
  #hasEnded = false;

  constructor(steps: IterationSteps<In, Out>) {
    this.#steps = steps;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Out, void>> {
    return this.#isBusy ? this.#later(this.#advance) : this.#advance();
  }

  return(): Promise<IteratorResult<Out, void>> {
    return this.#isBusy ? this.#later(this.#end) : this.#end();
  }

  readonly #advance = (): Promise<IteratorResult<Out, void>> => {
    if (this.#hasEnded) return Promise.resolve(done);
    this.#isBusy = true;
    this.#isBegun = true;
    let step: Promise<IteratorResult<In, unknown>>;
    try {
      step = this.#steps.next();
    } catch (error) {
      return this.#fail(error);
    }
    return step.then(this.#pass, this.#reject);
  };

  readonly #pass = (result: IteratorResult<In, unknown>): IteratorResult<Out, void> | Promise<typeof done> => {
    this.#steps.settled?.();
    if (result.done === true) return this.#end();
    this.#isBusy = false;
    this.#goOn();
    return { done: false, value: this.#steps.toItem(result.value) };
  };

  readonly #reject = (error: unknown): Promise<never> => {
    this.#steps.settled?.();
    return this.#fail(error);
  };

  readonly #end = async (): Promise<typeof done> => {
    await this.#release();
    return done;
  };

  async #fail(thrown: unknown): Promise<never> {
    const error = this.#steps.toError === undefined ? thrown : this.#steps.toError(thrown);
    await this.#release({ error });
    throw error;
  }

  async #release(failure?: { error: unknown }): Promise<void> {
    const isOpen = this.#isBegun && !this.#hasEnded;
    this.#isBusy = true;
    this.#hasEnded = true;
    try {
      if (isOpen) await this.#steps.end(failure);
    } finally {
      this.#isBusy = false;
      this.#goOn();
    }
  }

  #later<T>(run: () => Promise<T>): Promise<T> {
    return new Promise((resolve) => this.#waiting.push(() => resolve(run())));
  }

  #goOn(): void {
    while (!this.#isBusy && this.#waiting.length > 0) this.#waiting.shift()?.();
  }
}
