const torture = process.env.SANDKEEP_TORTURE === '1';

/** How often to repeat: the first number in `npm test`, the second in `npm run torture`. */
export function rounds(short: number, full: number): number {
  return torture ? full : short;
}

/** A time limit in milliseconds for a test that takes so long per round. */
export function timeFor(count: number, millisecondsEach: number): number {
  return 30_000 + count * millisecondsEach;
}
