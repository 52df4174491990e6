import type { Group } from '../measure/group.js';

/** A group as it is printed on a terminal. */
export function formatGroup({ title, unit, measurements }: Group): string {
  const lines = measurements.map(({ name, value, ratio, note }) => {
    const factor = ratio === undefined ? '' : `${ratio.toFixed(2).padStart(7)} ×`;
    return `${factor.padEnd(10)}${formatValue(value).padStart(10)} ${unit}  ${name}${note === undefined ? '' : `: ${note}`}`;
  });
  return [title, ...lines].join('\n');
}

export function formatValue(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}
