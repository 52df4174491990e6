import type { Answer, Operation, Question } from './operation.js';

/** What a {@link RegisterClient} tells: first that it calls, then what was answered. */
export type HistoryEvent =
  | { readonly type: 'called'; readonly key: string; readonly question: Question; readonly at: bigint }
  | { readonly type: 'answered'; readonly answer: Answer | undefined; readonly at: bigint };

/** Collects the operations of several clients, of which any may end without a word. */
export class History {
  readonly #operations: Operation[] = [];
  readonly #open = new Map<string, number>();

  /** What was recorded so far. */
  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** Takes the next event of a client, which makes one call at a time. */
  record(client: string, event: HistoryEvent): void {
    if (event.type === 'called') {
      const { key, question, at } = event;
      this.#open.set(client, this.#operations.length);
      this.#operations.push({ client, key, question, calledAt: at });
      return;
    }
    const index = this.#open.get(client) as number;
    const operation = this.#operations[index] as Operation;
    if (event.answer === undefined) return;
    this.#operations[index] = { ...operation, answer: event.answer, answeredAt: event.at };
  }
}
