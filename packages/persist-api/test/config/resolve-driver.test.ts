import { expect, it } from 'vitest';
import { openDriver, openResolved, resolveDriver } from '../../src/index.js';
import { driverSource, installed, project } from './project.js';

it('finds and checks without opening', async () => {
  const from = await project(installed('@sandkeep/persist-fs', driverSource()));
  const resolved = await resolveDriver('file:///a?durability=process', { from });
  expect(resolved).toMatchObject({ module: { name: 'fs' }, config: { root: '/a', durability: 'process' } });
  expect(await openResolved(resolved)).toEqual(await openDriver('file:///a?durability=process', { from }));
  await expect(resolveDriver('file:///a?durabilty=x', { from })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

it('scratch storages of the memory driver share nothing, and instances on one see each other', async () => {
  const { module, config } = await resolveDriver('memory:');
  const [one, other] = ['one', 'other'].map((name) => module.scratch?.at(config, name));
  await using first = await openResolved({ module, config: one });
  await using second = await openResolved({ module, config: one });
  await using elsewhere = await openResolved({ module, config: other });
  await first.write('a', Buffer.from('1'));
  expect(await second.read('a')).toBeDefined();
  expect(await elsewhere.read('a')).toBeUndefined();
});

it('a module with half a scratch is refused', async () => {
  const source = driverSource().replace(/open(?=[(:])/, 'scratch: { at: (config) => config }, open');
  const from = await project({ 'half.mjs': source });
  await expect(resolveDriver({ driver: './half.mjs', root: '/a' }, { from })).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: expect.stringContaining('driver.scratch.describe'),
  });
});
