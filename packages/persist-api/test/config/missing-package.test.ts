import { expect, it, vi } from 'vitest';
import { openDriver } from '../../src/index.js';
import { project } from './project.js';

vi.mock(import('../../src/config/known-drivers.js'), async (original) => {
  const { knownDrivers, ...rest } = await original();
  const missing = { name: 'tape', schemes: ['tape'], package: '@sandkeep/persist-tape' };
  return { ...rest, knownDrivers: [...knownDrivers, missing] };
});

it.each(['tape://a', { driver: 'tape' }])('a known driver that is not installed: %j', async (config) => {
  const error = await openDriver(config, { from: await project({}) }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'UNSUPPORTED',
    driver: 'tape',
    message: 'the driver "tape" needs the package @sandkeep/persist-tape: npm install @sandkeep/persist-tape',
  });
});
