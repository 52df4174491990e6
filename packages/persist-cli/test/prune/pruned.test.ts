import type { SandboxStore } from '@sandkeep/persist-api';
import { expect, it } from 'vitest';
import { AnyStore } from '../../src/any-store.js';
import { pruneOne } from '../../src/prune/pruned.js';
import { freshStore } from '../cli.js';

it.each([
  ['changed', (store: SandboxStore) => store.save('web', { sandbox: { state: 'running' }, containers: new Map() })],
  ['removed', (store: SandboxStore) => store.destroy('web')],
])('a sandbox that is %s after it was judged is left, and told', async (event, act) => {
  const { url, store } = await freshStore();
  await store.save('web', { sandbox: { state: 'stopped' }, containers: new Map() });
  await using any = await AnyStore.open({ url });
  const { remove } = any;
  any.remove = async (sandbox) => {
    await act(store);
    await remove.call(any, sandbox);
  };
  const pruning = { states: ['stopped'], savedUntil: undefined, dryRun: false, onState: () => {} };
  expect(await pruneOne(any, 'web', pruning)).toMatchObject({ id: 'web', outcome: 'changed', state: 'stopped' });
  expect((await store.find('web'))?.sandbox.state).toBe(event === 'changed' ? 'running' : undefined);
});
