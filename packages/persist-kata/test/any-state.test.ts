import { isDeepStrictEqual } from 'node:util';
import { decodeJson, encodeJson, memoryDriver, SandboxStore } from '@sandkeep/persist-api';
import fc from 'fast-check';
import { test } from 'vitest';
import { type KataSandboxInput, kataSchema, readKataSandbox, writeKataSandbox } from '../src/index.js';
import { kataContainerState, kataSandboxState } from '../src/tree/kata-state.js';
import { arbitraryOf } from './arbitrary-state.js';
import { directory } from './trees.js';

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,11}$/);
const states = fc.record({
  id,
  sandbox: arbitraryOf(kataSandboxState),
  containers: fc
    .array(fc.tuple(id, arbitraryOf(kataContainerState)), { maxLength: 3 })
    .map((entries) => new Map(entries)),
}) as fc.Arbitrary<KataSandboxInput>;

const values = ({ sandbox, containers }: KataSandboxInput) =>
  decodeJson(encodeJson({ sandbox, containers: Object.fromEntries(containers) }));

test('any state that the schema admits survives a store, an export and an import', async () => {
  const root = await directory();
  const store = new SandboxStore(memoryDriver(), { schema: kataSchema });
  const survives = async (state: KataSandboxInput) => {
    await store.save(state.id, state);
    await writeKataSandbox(root, await store.load(state.id));
    return isDeepStrictEqual(values(await readKataSandbox(root, state.id)), values(state));
  };
  await fc.assert(fc.asyncProperty(states, survives), { numRuns: process.env.SANDKEEP_TORTURE ? 2_000 : 60 });
}, 300_000);
