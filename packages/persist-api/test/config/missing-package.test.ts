import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KnownDriver, knownDrivers } from '../../src/config/known-drivers.js';
import { openDriver } from '../../src/index.js';
import { project } from './project.js';

// In this repository, the packages of all that are known can be found.
const drivers = knownDrivers as KnownDriver[];
beforeAll(() => void drivers.push({ name: 'tape', schemes: ['tape'], package: '@sandkeep/persist-tape' }));
afterAll(() => void drivers.pop());

it.each(['tape://a', { driver: 'tape' }])('a known driver that is not installed: %j', async (config) => {
  const error = await openDriver(config, { from: await project({}) }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'UNSUPPORTED',
    driver: 'tape',
    message: 'the driver "tape" needs the package @sandkeep/persist-tape: npm install @sandkeep/persist-tape',
  });
});
