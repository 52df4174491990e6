import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Group } from '../measure/group.js';

/** A group that was measured: where, when, and by which command. */
export interface Result extends Group {
  readonly id: string;
  readonly command: string;
  readonly machine: string;
  /** The day, `2026-01-31`. */
  readonly date: string;
  /** The load average of the last minute, of which the benchmark itself makes about 1. */
  readonly load?: number;
}

const home = new URL('../../../docs/benchmarks/', import.meta.url);

/** The results of a topic as they are checked in; none if it was never measured. */
export function storedResults(topic: string): readonly Result[] {
  const file = new URL(`${topic}.json`, home);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/** Puts results in place of those with the same ids, and keeps the others. */
export function storeResults(topic: string, results: readonly Result[]): void {
  const kept = storedResults(topic).filter(({ id }) => results.every((result) => result.id !== id));
  const all = [...kept, ...results].sort((a, b) => (a.id < b.id ? -1 : 1));
  mkdirSync(home, { recursive: true });
  writeFileSync(new URL(`${topic}.json`, home), `${JSON.stringify(all, undefined, 2)}\n`);
}
