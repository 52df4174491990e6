import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isPersistError, SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { expect, test } from 'vitest';
import { mountSmall, smallFileSystems } from '../support/small-file-system.js';
import { toArray } from '../support/to-array.js';
import { assertWhole, numberedState } from './workers/state.js';

for (const type of smallFileSystems) {
  for (const bytes of [500, 20_000, 150_000]) {
    test(`a full ${type}, filled by states of ${bytes} bytes: a clear error, and every acknowledged state is there`, {
      timeout: 120_000,
    }, async (context) => {
      const root = mountSmall(type, context);
      {
        await using driver = await openFsDriver({ root });
        const store = new SandboxStore(driver);
        const acknowledged = new Map<string, number>();
        const failures = { created: 0, overwritten: 0 };

        for (let n = 1; failures.created < 3; n++) {
          const saved = await trySave(store, `s${n}`, 1, bytes);
          if (saved) acknowledged.set(`s${n}`, 1);
          else failures.created += 1;
        }
        for (const [id] of acknowledged) {
          const saved = await trySave(store, id, 2, bytes + 9000);
          if (saved) acknowledged.set(id, 2);
          else failures.overwritten += 1;
        }
        expect(failures.overwritten).toBeGreaterThan(0);
        expect((await driver.health()).status).toBe('at-risk');

        expect(await toArray(store.list())).toEqual([...acknowledged.keys()].sort());
        for (const [id, n] of acknowledged) {
          const snapshot = await store.load(id);
          assertWhole(snapshot);
          expect(snapshot.sandbox.n, id).toBe(n);
        }
        expect(readdirSync(join(root, '.sandkeep/staged'))).toEqual([]);
        expect(readdirSync(join(root, '.sandkeep/slots'))).toEqual([]);

        for (const id of acknowledged.keys()) expect(await store.destroy(id)).toBe(true);
        await store.save('after', numberedState(3, bytes));
        expect(await toArray(store.list())).toEqual(['after']);
      }
    });
  }
}

async function trySave(store: SandboxStore, id: string, n: number, bytes: number): Promise<boolean> {
  try {
    await store.save(id, numberedState(n, bytes));
    return true;
  } catch (error) {
    if (isPersistError(error, 'UNAVAILABLE')) return false;
    throw error;
  }
}
