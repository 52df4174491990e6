import { setImmediate as turn } from 'node:timers/promises';
import { isPersistError, type PersistDriver, type Version } from '@sandkeep/persist-api';
import { bytes, textOf } from '../documents.js';
import { Random } from '../random.js';
import type { HistoryEvent } from './history.js';
import type { Answer, Question } from './operation.js';

export interface RegisterClientOptions {
  /** Tells its texts from those of all others. */
  readonly client: string;
  /** The registers. */
  readonly keys: readonly string[];
  /** @default until told to stop */
  readonly calls?: number;
  readonly seed: number;
}

/** Makes random calls on a few registers, one after the other, and tells each before and after. */
export class RegisterClient {
  readonly #driver: PersistDriver;
  readonly #options: RegisterClientOptions;
  readonly #random: Random;
  /** The version of each register that it has seen last. */
  readonly #seen = new Map<string, Version>();
  #writes = 0;

  constructor(driver: PersistDriver, options: RegisterClientOptions) {
    this.#driver = driver;
    this.#options = options;
    this.#random = new Random(options.seed, options.client);
  }

  /**
   * @param emit must have noted an event, also for the case that this process dies, when it resolves
   * @param isStopped ends it before the next call
   */
  async run(emit: (event: HistoryEvent) => Promise<void>, isStopped = () => false): Promise<void> {
    const { keys, calls = Infinity } = this.#options;
    for (let call = 0; call < calls && !isStopped(); call += 1) {
      const key = keys[this.#random.integer(keys.length)] as string;
      const question = this.#question(key);
      await emit({ type: 'called', key, question, at: process.hrtime.bigint() });
      const answer = await this.#ask(key, question);
      await emit({ type: 'answered', answer, at: process.hrtime.bigint() });
      if (answer?.type === 'document' || answer?.type === 'written') this.#seen.set(key, answer.version);
      if (answer?.type === 'nothing' || answer?.type === 'removed') this.#seen.delete(key);
      if (this.#random.integer(4) === 0) await turn();
    }
  }

  #question(key: string): Question {
    const seen = this.#seen.get(key);
    const choice = this.#random.integer(10);
    if (choice < 4) return { type: 'read' };
    if (choice === 4) return { type: 'remove', expect: this.#random.integer(2) === 0 ? undefined : seen };
    this.#writes += 1;
    const text = `${this.#options.client}/${this.#writes}`;
    return { type: 'write', text, expect: choice === 5 ? undefined : (seen ?? 'absent') };
  }

  async #ask(key: string, question: Question): Promise<Answer | undefined> {
    try {
      return await this.#call(key, question);
    } catch (error) {
      if (isPersistError(error, 'CONFLICT')) return { type: 'conflict' };
      if (isPersistError(error, 'OUTCOME_UNKNOWN')) return undefined;
      if (isPersistError(error) && error.retryable) return { type: 'failed', code: error.code };
      throw error;
    }
  }

  async #call(key: string, question: Question): Promise<Answer> {
    switch (question.type) {
      case 'read': {
        const document = await this.#driver.read(key);
        if (document === undefined) return { type: 'nothing' };
        return { type: 'document', text: textOf(document), version: document.version };
      }
      case 'write': {
        const { text, expect } = question;
        return { type: 'written', version: await this.#driver.write(key, bytes(text), { expect }) };
      }
      case 'remove': {
        const { expect } = question;
        return { type: 'removed', existed: await this.#driver.remove(key, { expect }) };
      }
    }
  }
}
