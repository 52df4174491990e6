import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStorage, memoryDriver } from '@sandkeep/persist-api';
import { expect, onTestFinished, test } from 'vitest';
import { ItemStore, openItemStore } from '../src/index.js';

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sandkeep-kata-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

const fs = (root: string) => `file://${root}?create=true&durability=process`;

test('what has to survive a reboot and what must not are two lines of configuration', async () => {
  const base = temporaryDirectory();
  const config = { config: fs(join(base, 'lib')), state: { driver: 'fs', root: join(base, 'run'), create: true } };
  {
    await using items = await openItemStore(config);
    await items.forSandbox('web').store('configuration', { id: 'web' });
    await items.forSandbox('web').store('state', { state: 'running' });
    await items.forSandbox('web').store('uuid', { used: 1 });
  }
  rmSync(join(base, 'run'), { recursive: true });
  await using items = await openItemStore(config);
  expect(await items.forSandbox('web').load('configuration')).toEqual({ id: 'web' });
  expect(await items.forSandbox('web').load('uuid')).toEqual({ used: 1 });
  expect(await items.forSandbox('web').find('state')).toBeUndefined();
});

test('one configuration is good for everything, and the three can all be given', async () => {
  const base = temporaryDirectory();
  await using one = await openItemStore(fs(join(base, 'one')), { namespace: 'here' });
  await one.forSandbox('web').store('uuid', {});
  await one.forSandbox('web').store('agent', {});
  expect(readdirSync(join(base, 'one'))).toContain('here');
  await using three = await openItemStore({ config: 'memory:', state: 'memory:', uuid: fs(join(base, 'uuid')) });
  await three.forSandbox('web').store('uuid', {});
  expect(readdirSync(join(base, 'uuid'))).toContain('default');
});

test('a root that cannot be opened is the error, and a closed store is closed', async () => {
  const missing = openItemStore({ config: 'memory:', state: 'file:///nowhere/at/all' });
  await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(openItemStore({ config: 'memory:' } as never)).rejects.toThrow(
    'configuration.state undefined is not valid: expected a driver for this root',
  );
  await expect(openItemStore({ config: 'memory:', state: 'memory:', uid: 'memory:' } as never)).rejects.toThrow(
    'configuration: the root "uid" is not valid: expected one of config, state, uuid',
  );
  const items = await openItemStore('memory:');
  await items.close();
  await expect(items.forSandbox('web').load('state')).rejects.toMatchObject({ code: 'CLOSED' });
});

test('closing a store leaves the drivers that were handed in open', async () => {
  const driver = memoryDriver();
  await new ItemStore(driver).close();
  expect(await driver.read('a')).toBeUndefined();
});

test('the uuid is kept where the configuration is, unless it has a driver of its own', async () => {
  const storage = new MemoryStorage();
  const items = new ItemStore({ config: memoryDriver({ storage }), state: memoryDriver() });
  await items.forSandbox('web').store('uuid', { used: 1 });
  expect(await memoryDriver({ storage }).read('default/kata/uuid/items/uuid')).toBeDefined();
});

test.each([
  [undefined, 'drivers undefined is not valid: expected a PersistDriver, or { config, state, uuid }'],
  [{ config: memoryDriver() }, 'drivers.state undefined is not valid: expected a driver for this root'],
  [{ config: memoryDriver(), state: memoryDriver(), uid: 1 }, 'drivers: the root "uid" is not valid'],
  [{ config: memoryDriver(), state: {} }, 'drivers.state of type object is not valid'],
])('drivers %s are refused', (drivers, message) => {
  expect(() => new ItemStore(drivers as never)).toThrow(message);
});

test('bad options are refused', () => {
  const driver = memoryDriver();
  expect(() => new ItemStore(driver, null as never)).toThrow('options null is not valid: expected an object');
  expect(() => new ItemStore(driver, { namespace: '../x' })).toThrow('namespace "../x" is not valid');
  expect(() => new ItemStore(driver, { deviceTypes: { gpu: {} as never } })).toThrow(
    'deviceTypes.gpu of type object is not valid: expected a zod schema',
  );
});
