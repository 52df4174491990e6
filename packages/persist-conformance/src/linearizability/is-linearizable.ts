import type { Operation } from './operation.js';
import { type RegisterState, stepsOf } from './register.js';

/** A call or an answer in the list of those that have no place in the order yet. */
interface Event {
  /** The index of its operation. */
  readonly operation: number;
  readonly isCall: boolean;
  /** Of a call: its answer. Undefined if there is none. */
  answer: Event | undefined;
  previous: Event;
  next: Event | undefined;
}

interface Choice {
  readonly call: Event;
  readonly before: RegisterState;
}

/**
 * Whether there is one order of all operations on one register that explains every answer and in which
 * whatever was answered before another was called comes before it. An operation without an answer may
 * have any place after its call, or none. Operations that failed must have had no effect: leave them out.
 *
 * The algorithm of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with Lowe's
 * memoization of what was tried (Testing for Linearizability, 2017), in the form of the checker porcupine.
 *
 * Exponential in the number of operations at once at worst; they are a handful.
 * @throws Error when one version stands for two texts
 */
export function isLinearizable(operations: readonly Operation[]): boolean {
  const steps = stepsOf(operations);
  const head = listEvents(operations);
  const tried = new Set<string>();
  const choices: Choice[] = [];
  let state: RegisterState;
  let placed = 0n;
  let event = head.next;
  while (event !== undefined) {
    if (event.isCall) {
      const bit = 1n << BigInt(event.operation);
      const step = steps[event.operation]?.(state);
      const situation = step && `${(placed | bit).toString(36)} ${JSON.stringify(step.next) ?? ''}`;
      if (step !== undefined && situation !== undefined && !tried.has(situation)) {
        tried.add(situation);
        choices.push({ call: event, before: state });
        state = step.next;
        placed |= bit;
        takeOut(event);
        event = head.next;
      } else event = event.next;
    } else {
      // Here an answer comes before any call that could be placed next: the last choice was wrong.
      const choice = choices.pop();
      if (choice === undefined) return false;
      state = choice.before;
      placed &= ~(1n << BigInt(choice.call.operation));
      putBack(choice.call);
      event = choice.call.next;
    }
  }
  // What is left, if anything, are calls without an answer.
  return true;
}

/** The list of all events by time; a call at the very time of an answer comes first. */
function listEvents(operations: readonly Operation[]): Event {
  const events: { at: bigint; event: Event }[] = [];
  const head: Event = { operation: -1, isCall: false, answer: undefined, next: undefined } as never;
  for (const [operation, { calledAt, answer, answeredAt }] of operations.entries()) {
    const call: Event = { operation, isCall: true, answer: undefined, previous: head, next: undefined };
    events.push({ at: calledAt, event: call });
    if (answer === undefined || answeredAt === undefined) continue;
    call.answer = { operation, isCall: false, answer: undefined, previous: head, next: undefined };
    events.push({ at: answeredAt, event: call.answer });
  }
  events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : Number(b.event.isCall) - Number(a.event.isCall)));
  let last = head;
  for (const { event } of events) {
    event.previous = last;
    last.next = event;
    last = event;
  }
  return head;
}

function takeOut(call: Event): void {
  for (const event of [call, call.answer]) {
    if (event === undefined) continue;
    event.previous.next = event.next;
    if (event.next !== undefined) event.next.previous = event.previous;
  }
}

/** Undoes {@link takeOut}, if all that was taken out since is back. */
function putBack(call: Event): void {
  for (const event of [call.answer, call]) {
    if (event === undefined) continue;
    event.previous.next = event;
    if (event.next !== undefined) event.next.previous = event;
  }
}
