import assert from 'node:assert/strict';
import { SandboxStore } from '@sandkeep/persist-api';
import type { ConformanceCase } from '../conformance-case.js';
import { expectError } from '../expect-error.js';
import { assertState, stateOf, stateWith } from '../states.js';

export const stateRoundTripCases: readonly ConformanceCase[] = [
  {
    id: 'B13-states',
    section: 'B',
    title: 'loading a sandbox that is not there is NOT_FOUND, finding it gives undefined',
    proves: 'A sandbox that was never saved is told apart from an empty and from a broken one.',
    needs: [],
    async run(context) {
      const driver = await context.open();
      const store = new SandboxStore(driver);
      await store.save('other', stateOf('other'));
      await expectError('load of a sandbox that is not there', 'NOT_FOUND', () => store.load('missing'));
      assert.equal(await store.find('missing'), undefined, 'find of a sandbox that is not there must give undefined');
    },
  },
  {
    id: 'B14',
    section: 'B',
    title: 'a sandbox without containers comes back without containers',
    proves: 'Nothing is taken for missing because it is empty.',
    needs: [],
    async run(context) {
      const store = new SandboxStore(await context.open());
      await store.save('a', stateOf('one'));
      assertState(await store.load('a'), stateOf('one'), 'after a save without containers');
    },
  },
  {
    id: 'B15',
    section: 'B',
    title: 'a container that is added is there, one that is removed stays away',
    proves: 'A container that ended does not come back with the next load.',
    needs: [],
    async run(context) {
      const store = new SandboxStore(await context.open());
      const successor = new SandboxStore(await context.openPeer());
      await store.save('a', stateOf('one', 'c1'));
      await store.update('a', ({ containers }) => void containers.set('c2', { state: 'ready' }));
      assert.deepEqual([...(await successor.load('a')).containers.keys()], ['c1', 'c2'], 'after c2 was added');
      await store.update('a', ({ containers }) => void containers.delete('c1'));
      assert.deepEqual([...(await successor.load('a')).containers.keys()], ['c2'], 'after c1 was removed');
      await successor.update('a', ({ sandbox }) => void (sandbox.state = 'stopped'));
      assert.deepEqual([...(await store.load('a')).containers.keys()], ['c2'], 'after a later change elsewhere');
    },
  },
  {
    id: 'B16',
    section: 'B',
    title: 'loading one sandbox after another leaks nothing of the first into the second',
    proves: 'A supervisor of many sandboxes never mixes them up.',
    needs: [],
    async run(context) {
      const store = new SandboxStore(await context.open());
      const states = { a: stateOf('one', 'c1', 'c2'), ab: stateOf('two', 'c3'), 'a-c1': stateOf('three') };
      for (const [id, state] of Object.entries(states)) await store.save(id, state);
      for (const id of context.random.shuffled(['a', 'ab', 'a-c1', 'a', 'ab', 'a-c1'] as const)) {
        assertState(await store.load(id), states[id], `load("${id}") after loads of other sandboxes`);
      }
    },
  },
  {
    id: 'B17-states',
    section: 'B',
    title: 'what load gives is a copy',
    proves: 'Changing what was loaded changes nothing until it is saved.',
    needs: [],
    async run(context) {
      const store = new SandboxStore(await context.open());
      await store.save('a', stateOf('one', 'c1'));
      const snapshot = await store.load('a');
      snapshot.sandbox.state = 'stopped';
      snapshot.containers.clear();
      assertState(await store.load('a'), stateOf('one', 'c1'), 'after a loaded state was changed');
    },
  },
  {
    id: 'B18-states',
    section: 'B',
    title: 'changing the state after the call of save changes nothing that is stored',
    proves: 'A save is of one moment.',
    needs: [],
    async run(context) {
      const store = new SandboxStore(await context.open());
      const state = stateWith('one');
      const saving = store.save('a', state);
      state.sandbox.custom = 'changed';
      state.containers.set('late', { state: 'ready' });
      await saving;
      assertState(await store.load('a'), stateWith('one'), 'after the state was changed while it was saved');
    },
  },
];
