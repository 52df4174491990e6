import { type DocumentOutcome, PersistError } from '@sandkeep/persist-api';
import { CommandFailure } from '../command-failure.js';
import { print, printable, remark } from '../output.js';

/** What the documents are called that a command has put where they belong. */
export interface CopyWords {
  /** In the past tense: `copied`, `restored`. */
  readonly done: string;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** What else stands in the JSON. */
  readonly about?: Readonly<Record<string, unknown>>;
  /** Where lines for people go. @default the standard output */
  readonly print?: (line: string) => void;
}

type Count = 'written' | 'replaced' | 'unchanged' | 'skipped' | 'deleted';
type Left = Extract<DocumentOutcome, { outcome: 'conflict' | 'failed' }>;

/** Counts what became of documents, and keeps the keys of those of which people want to hear. */
export class CopyReport {
  /** What was stored in the source before then is in the target, or told. Undefined: the source does not change. */
  takenUntil: Date | undefined;
  readonly #words: CopyWords;
  readonly #counts: Record<Count, number> = { written: 0, replaced: 0, unchanged: 0, skipped: 0, deleted: 0 };
  readonly #takenAgain = new Set<string>();
  readonly #changed: string[] = [];
  readonly #left = new Map<string, Left>();

  constructor(words: CopyWords) {
    this.#words = words;
  }

  add(one: DocumentOutcome): void {
    const { key, outcome, again } = one;
    this.#left.delete(key);
    if (outcome === 'conflict' || outcome === 'failed') this.#left.set(key, one);
    else if (outcome === 'changed') this.#changed.push(key);
    else if (again) this.#takenAgain.add(key);
    else if (outcome !== 'removed') this.#count(key, outcome);
  }

  /** Prints everything that is known so far. */
  print(): void {
    const { json, dryRun, done, about } = this.#words;
    if (json) {
      const left = (outcome: Left['outcome']) =>
        [...this.#left.values()].flatMap((one) =>
          one.outcome === outcome ? [{ key: one.key, error: one.error }] : [],
        );
      const { takenUntil } = this;
      const taken = takenUntil && { takenUntil, takenAgain: [...this.#takenAgain], changed: this.#changed };
      const conflicts = left('conflict');
      print(JSON.stringify({ dryRun, ...about, ...this.#counts, ...taken, conflicts, failed: left('failed') }));
      return;
    }
    const tell = this.#words.print ?? print;
    for (const { outcome, error } of this.#left.values()) tell(`${outcome}: ${printable(error.message)}`);
    for (const key of this.#changed) tell(`changed again since it was ${done}: ${key}`);
    remark(this.#summary());
  }

  /** @throws CommandFailure if a document failed; `CONFLICT` if another one was left */
  throwIfLeft(): void {
    const left = [...this.#left.values()];
    const failed = left.filter(({ outcome }) => outcome === 'failed');
    if (failed.length > 0) throw new CommandFailure(`${documents(failed.length)} could not be ${this.#words.done}`);
    if (left.length === 0) return;
    throw new PersistError(
      'CONFLICT',
      `of ${documents(left.length)} the target has another state, which was left: --if-newer keeps the one that was ` +
        'saved last, --overwrite replaces it, --skip leaves it without complaint',
    );
  }

  #count(key: string, outcome: Count): void {
    this.#counts[outcome] += 1;
    const { dryRun, json } = this.#words;
    if (!dryRun || json || outcome === 'unchanged' || outcome === 'skipped') return;
    print(`would be ${this.#name(outcome)}: ${key}`);
  }

  #name(outcome: Count): string {
    return outcome === 'written' ? this.#words.done : outcome;
  }

  #summary(): string {
    const counts = (Object.keys(this.#counts) as Count[]).map((outcome) => [
      this.#counts[outcome],
      this.#name(outcome),
    ]);
    const left = (outcome: string) => [...this.#left.values()].filter((one) => one.outcome === outcome).length;
    const all = [
      ...counts,
      [this.#takenAgain.size, 'changed meanwhile and taken again'],
      [this.#changed.length, 'changed again since'],
      [left('conflict'), 'left, as another is there'],
      [left('failed'), 'failed'],
    ] as const;
    const told = all.filter(([count]) => Number(count) > 0).map(([count, word]) => `${count} ${word}`);
    return `${this.#words.dryRun ? 'dry run: ' : ''}${told.join(', ') || 'there are no documents'}`;
  }
}

function documents(count: number): string {
  return count === 1 ? '1 document' : `${count} documents`;
}
