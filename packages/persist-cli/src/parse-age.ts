import { InvalidArgumentError } from 'commander';

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Reads an age as people write it: `90s`, `30m`, `12h`, `7d`, `2w`.
 * @returns milliseconds
 * @throws InvalidArgumentError of commander, for an option
 */
export function parseAge(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  if (unitMs !== undefined) return Number(count) * unitMs;
  throw new InvalidArgumentError('expected a number and a unit, such as 90s, 30m, 12h, 7d or 2w');
}
