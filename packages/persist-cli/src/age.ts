const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** How long ago `time` was, for people: `5s`, `12m`, `3h`, `40d`. A time in the future, by another clock, is `0s`. */
export function formatAge(time: Date | string, now = Date.now()): string {
  const seconds = Math.max(0, Math.floor((now - new Date(time).getTime()) / 1000));
  const [unit, length] = units.find(([, least]) => seconds >= least) ?? ['s', 1];
  return `${Math.floor(seconds / length)}${unit}`;
}
