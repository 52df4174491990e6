import type { Version } from '@sandkeep/persist-api';
import type { Operation } from './operation.js';

/** What a register holds: the text of its document; undefined if there is none. */
export type RegisterState = string | undefined;

/** The effect of one operation at one moment. Undefined: its answer is wrong in this state. */
export type Step = (state: RegisterState) => { readonly next: RegisterState } | undefined;

/**
 * The sequential meaning of every operation on one register.
 * @throws Error when one version stands for two texts
 */
export function stepsOf(operations: readonly Operation[]): Step[] {
  const texts = textsByVersion(operations);
  return operations.map((operation) => stepOf(operation, texts));
}

function stepOf({ question, answer }: Operation, texts: ReadonlyMap<Version, string>): Step {
  if (question.type === 'read') {
    const seen = answer?.type === 'document' ? answer.text : undefined;
    return (state) => (state === seen ? { next: state } : undefined);
  }
  const { expect } = question;
  const next = question.type === 'write' ? question.text : undefined;
  const holds = (state: RegisterState) =>
    expect === undefined ||
    (expect === 'absent' ? state === undefined : state !== undefined && texts.get(expect) === state);
  if (answer?.type === 'conflict') return (state) => (holds(state) ? undefined : { next: state });
  const isRightBefore = (state: RegisterState) =>
    answer?.type !== 'removed' || answer.existed === (state !== undefined);
  return (state) => (holds(state) && isRightBefore(state) ? { next } : undefined);
}

/** Which text each version stands for, from the answers of writes and reads. */
function textsByVersion(operations: readonly Operation[]): Map<Version, string> {
  const texts = new Map<Version, string>();
  for (const { key, question, answer } of operations) {
    const text = answer?.type === 'document' ? answer.text : question.type === 'write' ? question.text : undefined;
    if (text === undefined || (answer?.type !== 'document' && answer?.type !== 'written')) continue;
    const known = texts.get(answer.version);
    if (known !== undefined && known !== text) {
      throw new Error(`version ${answer.version} of "${key}" stands for two documents: "${known}" and "${text}"`);
    }
    texts.set(answer.version, text);
  }
  return texts;
}
