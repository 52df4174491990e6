import { isLinearizable } from './is-linearizable.js';
import type { Operation } from './operation.js';

/** How many calls before the wrong answer a story tells. */
const toldCalls = 30;

/** Fails the case unless the operations on each key are linearizable; the failure tells the calls that lead to it. */
export function assertLinearizable(operations: readonly Operation[]): void {
  for (const key of new Set(operations.map((operation) => operation.key))) {
    const own = operations.filter((operation) => operation.key === key && operation.answer?.type !== 'failed');
    if (!isLinearizable(own)) throw new Error(tellStory(key, own));
  }
}

function tellStory(key: string, operations: readonly Operation[]): string {
  const answered = operations.filter(({ answer }) => answer !== undefined).sort(byAnswer);
  let fine = 0;
  let wrong = answered.length;
  while (wrong - fine > 1) {
    const middle = (fine + wrong) >> 1;
    if (isLinearizable(until(operations, answered[middle - 1] as Operation))) fine = middle;
    else wrong = middle;
  }
  const culprit = answered[wrong - 1] as Operation;
  const story = until(operations, culprit).sort((a, b) => (a.calledAt < b.calledAt ? -1 : 1));
  const start = story[0]?.calledAt ?? 0n;
  const told = story.slice(-toldCalls).map((operation) => {
    const isCulprit = operation.client === culprit.client && operation.calledAt === culprit.calledAt;
    return `  ${describe(operation, start)}${isCulprit ? '   <- no order explains this answer' : ''}`;
  });
  const left = story.length - told.length;
  return [
    `the answers about "${key}" contradict each other: no order of the calls explains them all`,
    '',
    `Milliseconds from call to answer, client, call and answer${left > 0 ? ` (${left} calls before these)` : ''}:`,
    ...told,
  ].join('\n');
}

/** The history as it was when `last` was answered: later answers are not there yet. */
function until(operations: readonly Operation[], last: Operation): Operation[] {
  const end = last.answeredAt as bigint;
  return operations
    .filter(({ calledAt }) => calledAt <= end)
    .map((operation) =>
      operation.answeredAt === undefined || operation.answeredAt > end
        ? { ...operation, answer: undefined, answeredAt: undefined }
        : operation,
    );
}

function byAnswer({ answeredAt: a = 0n }: Operation, { answeredAt: b = 0n }: Operation): number {
  return a < b ? -1 : 1;
}

function describe({ client, question, answer, calledAt, answeredAt }: Operation, start: bigint): string {
  const times = `${milliseconds(calledAt - start)} – ${answeredAt === undefined ? '   …    ' : milliseconds(answeredAt - start)}`;
  return `${times}  ${client.padEnd(12)} ${describeQuestion(question)} → ${describeAnswer(answer)}`;
}

function milliseconds(duration: bigint): string {
  return (Number(duration) / 1e6).toFixed(3).padStart(8);
}

function describeQuestion(question: Operation['question']): string {
  if (question.type === 'read') return 'read';
  const on = question.expect === undefined ? '' : ` on ${question.expect}`;
  return question.type === 'write' ? `write "${question.text}"${on}` : `remove${on}`;
}

function describeAnswer(answer: Operation['answer']): string {
  if (answer === undefined) return 'no answer by then';
  switch (answer.type) {
    case 'document':
      return `"${answer.text}" as ${answer.version}`;
    case 'written':
      return answer.version;
    case 'removed':
      return answer.existed ? 'removed' : 'there was none';
    case 'failed':
      return answer.code;
    default:
      return answer.type;
  }
}
