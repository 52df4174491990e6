import { decodeJson, encodeJson, memoryDriver } from '@sandkeep/persist-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exportItemTree, ItemStore, importItemTree, itemSchemas } from '../src/index.js';
import { dataItems } from '../src/items/kata-item.js';
import { arbitraryOf } from './arbitrary-state.js';
import { directory, toArray } from './trees.js';

const schemas = itemSchemas();
const cases = (['sandbox', 'container'] as const).flatMap((owner) => dataItems.map((item) => [item, owner] as const));

/** As it is stored: Go leaves an empty `cgroupPath` of a state out. */
function asStored(item: string, value: unknown): unknown {
  const stored = decodeJson(encodeJson(value));
  if (item === 'state' && (stored as { cgroupPath?: string }).cgroupPath === '') {
    delete (stored as { cgroupPath?: string }).cgroupPath;
  }
  return stored;
}

test.each(cases)(
  'any item %s of a %s survives being stored, exported and imported',
  async (item, owner) => {
    const hasFile = item !== (owner === 'sandbox' ? 'device-ids' : 'devices');
    const root = await directory();
    const survives = async (value: unknown) => {
      const [store, other] = [new ItemStore(memoryDriver()), new ItemStore(memoryDriver())];
      const handleOf = (one: ItemStore) =>
        owner === 'sandbox' ? one.forSandbox('web') : one.forContainer('web', 'app');
      await handleOf(store).store(item, value as never);
      expect(await handleOf(store).load(item)).toEqual(asStored(item, value));
      if (!hasFile) return;
      await toArray(exportItemTree(store, root, { overwrite: true }));
      await toArray(importItemTree(root, other));
      expect(await handleOf(other).load(item)).toEqual(asStored(item, value));
    };
    const numRuns = process.env.SANDKEEP_TORTURE ? 300 : 6;
    await fc.assert(fc.asyncProperty(arbitraryOf(schemas[owner][item]), survives), { numRuns });
  },
  300_000,
);
