import assert from 'node:assert/strict';
import type { ConformanceCase } from '../conformance-case.js';
import { assertHolds, bytes, collect } from '../documents.js';
import { expectError } from '../expect-error.js';
import type { Damage } from '../harness.js';

const damages: readonly Damage[] = ['empty', 'truncated', 'zeroed', 'bit-flipped'];

export const damageCases: readonly ConformanceCase[] = [
  {
    id: 'E54',
    section: 'E',
    title: 'a damaged document is CORRUPT',
    proves: 'Damage is never taken for "not there", and never loaded as if it were good.',
    needs: ['corrupt'],
    async run(context) {
      const driver = await context.open();
      for (const damage of damages) {
        await driver.write(damage, bytes('a document that will be damaged'));
        await context.corrupt(damage, damage);
        await expectError(`read of a document that is ${damage}`, 'CORRUPT', () => driver.read(damage));
        const successor = await context.open();
        await expectError(`read, after reopening, of a document that is ${damage}`, 'CORRUPT', () =>
          successor.read(damage),
        );
      }
    },
  },
  {
    id: 'E55',
    section: 'E',
    title: 'a damaged document is listed and disturbs no other',
    proves: 'One bad record never stops the daemon, and it can be found.',
    needs: ['corrupt'],
    async run(context) {
      const driver = await context.open();
      for (const key of ['a', 'b', 'b/c', 'd', ...damages]) await driver.write(key, bytes(key));
      const before = await collect(driver.list(''));
      for (const damage of damages) await context.corrupt(damage, damage);
      await context.corrupt('b', 'empty');
      for (const reader of [driver, await context.open()]) {
        assert.deepEqual(await collect(reader.list('')), before, 'list must show damaged documents too');
        for (const key of ['a', 'b/c', 'd']) await assertHolds(reader, key, key, 'beside damaged documents');
        await reader.write('d', bytes('d'));
      }
    },
  },
];
