import { expect, it } from 'vitest';
import { formatAge } from '../src/age.js';

it.each([
  [0, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [3_599_999, '59m'],
  [3_600_000, '1h'],
  [86_399_999, '23h'],
  [40 * 86_400_000, '40d'],
  [-5_000, '0s'],
])('%i ms ago is %s', (milliseconds, expected) => {
  const now = Date.parse('2026-01-31T12:00:00Z');
  expect(formatAge(new Date(now - milliseconds), now)).toBe(expected);
  expect(formatAge(new Date(now - milliseconds).toISOString(), now)).toBe(expected);
});
