import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertLinearizable } from '../../src/linearizability/assert-linearizable.js';
import { isLinearizable } from '../../src/linearizability/is-linearizable.js';
import type { Answer, Operation, Question } from '../../src/linearizability/operation.js';

const read = { type: 'read' } as const;
const nothing = { type: 'nothing' } as const;
const write = (text: string, expect?: string): Question => ({ type: 'write', text, expect });
const remove = (expect?: string): Question => ({ type: 'remove', expect });
const document = (text: string): Answer => ({ type: 'document', text, version: `v${text}` });
const written = (text: string): Answer => ({ type: 'written', version: `v${text}` });
const removed = (existed: boolean): Answer => ({ type: 'removed', existed });
const conflict = { type: 'conflict' } as const;

let clients = 0;
/** An operation from `calledAt` to `answeredAt`; without an answer, it has none. */
function operation(calledAt: number, answeredAt: number, question: Question, answer?: Answer): Operation {
  clients += 1;
  const common = { client: `client ${clients}`, key: 'a', question, calledAt: BigInt(calledAt) };
  return answer === undefined ? common : { ...common, answer, answeredAt: BigInt(answeredAt) };
}

describe('these histories are linearizable:', () => {
  it.each<[string, Operation[]]>([
    ['none', []],
    ['a read of nothing', [operation(0, 1, read, nothing)]],
    ['a write and then a read', [operation(0, 1, write('x'), written('x')), operation(2, 3, read, document('x'))]],
    [
      'a read beside a write that sees the old, and a later one that sees the new',
      [operation(0, 9, write('x'), written('x')), operation(1, 2, read, nothing), operation(3, 4, read, document('x'))],
    ],
    [
      'two creators at once, of which one wins',
      [operation(0, 5, write('x', 'absent'), conflict), operation(1, 4, write('y', 'absent'), written('y'))],
    ],
    [
      'a write without an answer that had its effect, later',
      [
        operation(0, 0, write('x')),
        operation(1, 2, read, nothing),
        operation(3, 4, write('y'), written('y')),
        operation(5, 6, read, document('x')),
      ],
    ],
    [
      'a write without an answer that never had an effect',
      [operation(0, 0, write('x')), operation(1, 2, read, nothing), operation(3, 4, read, nothing)],
    ],
    [
      'a chain of conditional writes and a removal',
      [
        operation(0, 1, write('x', 'absent'), written('x')),
        operation(2, 3, write('y', 'vx'), written('y')),
        operation(4, 5, write('z', 'vx'), conflict),
        operation(6, 7, remove('vy'), removed(true)),
        operation(8, 9, remove(), removed(false)),
        operation(10, 11, write('z', 'vy'), conflict),
        operation(12, 13, read, nothing),
      ],
    ],
    [
      'an order that is found only after a wrong choice: the writes must swap',
      [
        operation(0, 10, write('x'), written('x')),
        operation(0, 10, write('y'), written('y')),
        operation(0, 10, write('z'), written('z')),
        operation(11, 12, read, document('y')),
        operation(0, 10, write('w', 'vz'), written('w')),
        operation(0, 10, write('v', 'vw'), written('v')),
      ],
    ],
    [
      'a call at the very time of an answer',
      [operation(1, 2, read, nothing), operation(0, 1, write('x'), written('x'))],
    ],
  ])('%s', (_what, operations) => {
    expect(isLinearizable(operations)).toBe(true);
    expect(() => assertLinearizable(operations)).not.toThrow();
  });
});

describe('these histories are not linearizable:', () => {
  it.each<[string, Operation[]]>([
    ['a stale read', [operation(0, 1, write('x'), written('x')), operation(2, 3, read, nothing)]],
    [
      'a read that goes back, beside one long write',
      [operation(0, 9, write('x'), written('x')), operation(1, 2, read, document('x')), operation(3, 4, read, nothing)],
    ],
    ['a read of what nobody wrote', [operation(0, 1, read, document('x'))]],
    [
      'two creators that both win',
      [operation(0, 5, write('x', 'absent'), written('x')), operation(1, 4, write('y', 'absent'), written('y'))],
    ],
    [
      'a lost update: two writes on one version',
      [
        operation(0, 1, write('x'), written('x')),
        operation(2, 5, write('y', 'vx'), written('y')),
        operation(2, 5, write('z', 'vx'), written('z')),
      ],
    ],
    [
      'a conflict although nobody else wrote',
      [operation(0, 1, write('x'), written('x')), operation(2, 3, write('y', 'vx'), conflict)],
    ],
    [
      'a conflict that changed something',
      [
        operation(0, 1, write('x'), written('x')),
        operation(2, 3, write('y', 'vother'), conflict),
        operation(4, 5, read, document('y')),
      ],
    ],
    [
      'a write that had its effect before it was called',
      [operation(0, 1, read, document('x')), operation(2, 3, write('x'), written('x'))],
    ],
    [
      'a write without an answer that had its effect twice',
      [
        operation(0, 0, write('x')),
        operation(1, 2, read, document('x')),
        operation(3, 4, write('y'), written('y')),
        operation(5, 6, read, document('x')),
      ],
    ],
    [
      'a removal that was told twice',
      [
        operation(0, 1, write('x'), written('x')),
        operation(2, 3, remove(), removed(true)),
        operation(4, 5, remove(), removed(true)),
      ],
    ],
    [
      'a document that came back after its removal',
      [
        operation(0, 1, write('x'), written('x')),
        operation(2, 3, remove('vx'), removed(true)),
        operation(4, 5, read, document('x')),
      ],
    ],
  ])('%s', (_what, operations) => {
    expect(isLinearizable(operations)).toBe(false);
    expect(() => assertLinearizable(operations)).toThrow('contradict each other');
  });
});

it('a version that stands for two documents is refused', () => {
  const twice = [operation(0, 1, write('x'), { type: 'written', version: 'v' })];
  twice.push(operation(2, 3, write('y'), { type: 'written', version: 'v' }));
  expect(() => isLinearizable(twice)).toThrow('version v of "a" stands for two documents: "x" and "y"');
});

it('calls that failed had no effect, and keys are independent', () => {
  const failed = operation(0, 1, write('x'), { type: 'failed', code: 'UNAVAILABLE' });
  const other = { ...operation(0, 1, write('y'), written('y')), key: 'b' };
  expect(() => assertLinearizable([failed, other, operation(2, 3, read, nothing)])).not.toThrow();
  expect(() => assertLinearizable([failed, operation(2, 3, read, document('x'))])).toThrow();
});

it('the story tells the first answer that no order explains, and the calls before it alone', () => {
  const story = [
    operation(0, 1_000_000, write('x'), written('x')),
    operation(2_000_000, 3_500_000, read, nothing),
    operation(4_000_000, 5_000_000, write('y'), written('y')),
  ];
  expect(() => assertLinearizable(story)).toThrow(/read → nothing {3}<- no order explains this answer$/);
  expect(() => assertLinearizable(story)).toThrow(/0\.000 – {4}1\.000 {2}client \d+ +write "x" → vx/);
});

/** Runs `questions` one after the other on a sound register, with answers and times that overlap. */
function soundHistory(plan: readonly { choice: number; before: number; after: number }[]): Operation[] {
  let state: string | undefined;
  let writes = 0;
  /** Nobody can expect a version that no answer has told. */
  const told = new Set<string>();
  return plan.map(({ choice, before, after }, index) => {
    const moment = index * 10 + 100;
    const times = [moment - before, moment + after] as const;
    if (choice < 3) {
      if (state !== undefined) told.add(state);
      return operation(...times, read, state === undefined ? nothing : document(state));
    }
    if (choice === 3) {
      const existed = state !== undefined;
      state = undefined;
      return operation(...times, remove(), removed(existed));
    }
    writes += 1;
    const text = `${writes}`;
    const expect =
      choice === 4 ? 'absent' : choice === 5 && state !== undefined && told.has(state) ? `v${state}` : undefined;
    if (expect === 'absent' && state !== undefined) return operation(...times, write(text, expect), conflict);
    state = text;
    if (choice !== 6) told.add(text);
    return operation(...times, write(text, expect), choice === 6 ? undefined : written(text));
  });
}

const plans = fc.array(fc.record({ choice: fc.nat(7), before: fc.nat(45), after: fc.nat(45) }), {
  minLength: 1,
  maxLength: 40,
});

it('every history of a sound register is linearizable, however its calls overlap', () => {
  fc.assert(fc.property(plans, (plan) => isLinearizable(soundHistory(plan))));
});

it('what it says is what trying every order says', () => {
  const short = fc.array(fc.record({ choice: fc.nat(7), before: fc.nat(15), after: fc.nat(15) }), { maxLength: 6 });
  fc.assert(
    fc.property(short, fc.array(fc.nat(5), { maxLength: 3 }), (plan, changes) => {
      const operations = soundHistory(plan);
      for (const at of changes) {
        const [one, other] = [operations[at], operations[at + 1]];
        if (one?.question.type === 'read' && other?.question.type === 'read') {
          [operations[at], operations[at + 1]] = [
            { ...one, answer: other.answer },
            { ...other, answer: one.answer },
          ];
        } else if (one?.answer?.type === 'removed') {
          operations[at] = { ...one, answer: removed(!one.answer.existed) };
        }
      }
      expect(isLinearizable(operations)).toBe(someOrderExplains(operations, undefined));
    }),
  );
});

/** The definition, word for word: whether some order of these operations explains their answers. */
function someOrderExplains(left: readonly Operation[], state: string | undefined): boolean {
  if (left.every(({ answer }) => answer === undefined)) return true;
  return left.some((operation, index) => {
    const mustComeLater = left.some(({ answeredAt }) => answeredAt !== undefined && answeredAt < operation.calledAt);
    if (mustComeLater) return false;
    const rest = left.filter((_, at) => at !== index);
    const { question, answer } = operation;
    if (question.type === 'read') {
      const isRight = answer?.type === 'document' ? answer.text === state : state === undefined;
      return isRight && someOrderExplains(rest, state);
    }
    const there = state === undefined ? 'absent' : `v${state}`;
    const accepts = question.expect === undefined || question.expect === there;
    if (answer?.type === 'conflict') return !accepts && someOrderExplains(rest, state);
    if (answer?.type === 'removed' && answer.existed !== (state !== undefined)) return false;
    return accepts && someOrderExplains(rest, question.type === 'write' ? question.text : undefined);
  });
}
