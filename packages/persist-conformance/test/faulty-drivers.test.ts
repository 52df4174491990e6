import { randomInt } from 'node:crypto';
import { conformanceCases } from '@sandkeep/persist-conformance';
import { afterAll, expect, it } from 'vitest';
import { faults } from './faulty-drivers/index.js';
import { runFault } from './faulty-drivers/run-fault.js';

const seed = randomInt(2 ** 32);
/** They search at random, so that they may catch any fault. */
const searching = ['K99', 'K100'];
const table: string[] = [];
afterAll(() => console.log([`Faults and the cases that caught them (seed ${seed}):`, ...table].join('\n')));

// That the sound drivers pass these cases is what memory.test.ts and served-memory.test.ts show.
it.each(faults)('$caughtBy catches: $fault', { timeout: 120_000 }, async (fault) => {
  const { caughtBy, alsoCaughtBy = [], sometimesCaughtBy = [] } = fault;
  const { failed, passed } = await runFault(fault, seed);
  const others = failed.filter((id) => id !== caughtBy);
  const note = others.length === 0 ? '' : `, also ${others.join(' ')}`;
  table.push(`  ${caughtBy.padEnd(10)} ${fault.fault} (${passed.length} cases passed${note})`);
  expect(failed, 'the case named for the fault must fail').toContain(caughtBy);
  expect(
    others.filter((id) => ![...sometimesCaughtBy, ...searching].includes(id)),
    'the cases that meet the fault must fail, and all others pass',
  ).toEqual(inOrder(alsoCaughtBy));
});

it('there are faults enough to trust the suite: 40, in every section', () => {
  expect(faults.length).toBeGreaterThanOrEqual(40);
  const sections = new Set(conformanceCases.map(({ section }) => section));
  const caught = new Set(faults.map(({ caughtBy }) => caughtBy[0]));
  expect([...sections].filter((section) => !caught.has(section))).toEqual([]);
});

/** The ids in the order of the suite. */
function inOrder(ids: readonly string[]): string[] {
  return conformanceCases.map(({ id }) => id).filter((id) => ids.includes(id));
}
