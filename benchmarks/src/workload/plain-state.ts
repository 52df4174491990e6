import { defaultSchema, type StandardSchemaV1 } from '@sandkeep/persist-api';
import type { State } from './sample.js';

/** A state as JSON holds it. */
export interface PlainState {
  readonly sandbox: unknown;
  readonly containers: Readonly<Record<string, unknown>>;
}

/** What is given to a peer that encodes by itself: the state, validated as the store does it. */
export function toPlain({ sandbox, containers }: State): PlainState {
  const plain = { sandbox, containers: Object.fromEntries(containers) };
  check(plain);
  return plain;
}

/** What was read from a peer that decodes by itself: validated as the store does it. */
export function fromPlain(plain: PlainState): State {
  check(plain);
  return { sandbox: plain.sandbox, containers: new Map(Object.entries(plain.containers)) } as State;
}

/** What is given to a peer that takes text. */
export function encode(state: State): string {
  return JSON.stringify(toPlain(state));
}

/** What was read from a peer that gives text. */
export function decode(text: string): State {
  return fromPlain(JSON.parse(text));
}

function check({ sandbox, containers }: PlainState): void {
  accept(defaultSchema.sandbox, sandbox);
  for (const id in containers) accept(defaultSchema.container, containers[id]);
}

function accept(schema: StandardSchemaV1, value: unknown): void {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise || result.issues) throw new Error('the sample is not valid');
}
