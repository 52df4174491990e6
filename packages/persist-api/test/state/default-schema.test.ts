import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import {
  type ContainerState,
  containerState,
  type DeviceState,
  defaultSchema,
  type SandboxState,
  sandboxState,
} from '../../src/index.js';

const validate = (value: unknown) => defaultSchema.sandbox['~standard'].validate(value);

test('only the state is required', () => {
  expect(validate({ state: 'ready' })).toEqual({ value: { state: 'ready' } });
  expect(defaultSchema.container['~standard'].validate({ state: 'stopped' })).toEqual({ value: { state: 'stopped' } });
  for (const value of [{}, { state: '' }, { state: 'booting' }, { state: undefined }, null, [], 'ready']) {
    expect(validate(value)).toHaveProperty('issues');
  }
});

test('what is valid comes back as it is: the very object, with every unknown field', () => {
  const state = JSON.parse(`{
    "state": "ready", "unknown": 1, "__proto__": { "a": 1 }, "constructor": "c",
    "devices": [{ "type": "quantum", "unknown": [1], "vfioDevs": null, "driverOptions": { "__proto__": "p" } }],
    "config": { "hypervisorConfig": { "unknown": { "deep": true } }, "containerConfigs": [] }
  }`);
  expect(validate(state)).toEqual({ value: state });
  expect(validate(state)).toHaveProperty('value', state);
});

test('a problem is told with its path and what was expected', () => {
  expect(validate({ state: 'ready', hypervisorState: { pid: 2 ** 53 } })).toMatchObject({
    issues: [
      {
        path: ['hypervisorState', 'pid'],
        message: 'expected an integer from -9223372036854775808 to 9223372036854775807, a bigint beyond 2^53 - 1',
      },
    ],
  });
  expect(validate({ state: 'ready', hypervisorState: { blockIndexMap: { one: {} } } })).toMatchObject({
    issues: [{ path: ['hypervisorState', 'blockIndexMap', 'one'] }],
  });
});

test('the types are the same going in and coming out', () => {
  expectTypeOf<z.input<typeof sandboxState>>().toEqualTypeOf<SandboxState>();
  expectTypeOf<z.input<typeof containerState>>().toEqualTypeOf<ContainerState>();
  expectTypeOf<SandboxState['state']>().toEqualTypeOf<'ready' | 'running' | 'paused' | 'stopped'>();
  expectTypeOf<DeviceState['major']>().toEqualTypeOf<number | bigint | undefined>();
  expectTypeOf<ContainerState['deviceMaps']>().extract<null>().toEqualTypeOf<null>();
});

test('after any number of checks the outcome is the same', () => {
  const bad = { state: 'ready', config: { shmSize: -1 } };
  const first = validate(bad);
  for (let count = 0; count < 1100; count += 1) validate({ state: 'ready' });
  expect(validate(bad)).toEqual(first);
  expect(validate({ state: 'ready', mine: 1 })).toEqual({ value: { state: 'ready', mine: 1 } });
});
