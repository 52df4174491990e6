import { describe, expect, test } from 'vitest';
import { assertTransition, isStateString, type StateString, stateStrings } from '../../src/index.js';

const allowed = new Set([
  'ready→running',
  'ready→stopped',
  'running→paused',
  'running→stopped',
  'paused→running',
  'paused→stopped',
  'stopped→running',
]);

describe('assertTransition', () => {
  for (const from of stateStrings) {
    for (const to of stateStrings) {
      const isAllowed = allowed.has(`${from}→${to}`);
      test(`${from} → ${to} is ${isAllowed ? 'allowed' : 'refused'}`, () => {
        const move = () => assertTransition(from, from, to);
        if (isAllowed) move();
        else
          expect(move).toThrow(
            expect.objectContaining({
              code: 'INVALID_STATE',
              message: expect.stringContaining(`cannot move from '${from}' to '${to}'`),
            }),
          );
      });
    }
  }

  test('a current state other than the expected one is refused, and both are named', () => {
    expect(() => assertTransition('paused', 'running', 'stopped')).toThrow(
      expect.objectContaining({
        code: 'INVALID_STATE',
        message: "the state is 'paused', but was expected to be 'running'",
      }),
    );
  });

  test.each([
    ['current', '', 'ready', 'running'],
    ['expectedOld', 'ready', 'Ready', 'running'],
    ['next', 'ready', 'ready', 'booting'],
  ])('what is no state is refused: %s', (field, current, expectedOld, next) => {
    expect(() => assertTransition(current as StateString, expectedOld as StateString, next as StateString)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(`the ${field} state`) }),
    );
  });
});

test('isStateString', () => {
  expect(stateStrings.every(isStateString)).toBe(true);
  for (const value of ['', 'READY', 'toString', undefined, null, 0, ['ready']])
    expect(isStateString(value)).toBe(false);
});
