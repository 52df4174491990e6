import { EventEmitter, on } from 'node:events';
import { type Change, createDriver, MemoryStorage, memoryDriver, type PersistDriver } from '@sandkeep/persist-api';
import { type Harness, runConformance } from '@sandkeep/persist-conformance';
import { expect, it } from 'vitest';

/** What an instance on a storage tells of a change below `prefix`, which is `''` or ends with `/`. */
type Tell = (change: Change, prefix: string) => Change | undefined;

const sound: Tell = (change, prefix) => (change.key.startsWith(prefix) ? change : undefined);

/** A harness of a driver in memory that can watch. */
function watchingHarness(tell: Tell): Harness<{ storage: MemoryStorage; events: EventEmitter }> {
  const open = async ({ storage, events }: { storage: MemoryStorage; events: EventEmitter }) =>
    watchingDriver(memoryDriver({ storage }), events, tell);
  return {
    name: 'memory that watches',
    create: async () => ({ storage: new MemoryStorage(), events: new EventEmitter() }),
    open,
    openPeer: open,
    dispose: async () => {},
  };
}

function watchingDriver(memory: PersistDriver, events: EventEmitter, tell: Tell): PersistDriver {
  return createDriver({
    name: 'watching-memory',
    capabilities: { ...memory.capabilities, watch: true },
    read: (key, options) => memory.read(key, options),
    async write(key, data, options) {
      const version = await memory.write(key, data, options);
      events.emit('change', { key, type: 'written', version } satisfies Change);
      return version;
    },
    async remove(key, options) {
      const existed = await memory.remove(key, options);
      if (existed) events.emit('change', { key, type: 'removed' } satisfies Change);
      return existed;
    },
    list: (prefix, options) => memory.list(prefix, options),
    async *watch(prefix, { signal }) {
      for await (const [change] of on(events, 'change', signal === undefined ? {} : { signal })) {
        const told = tell(change, prefix);
        if (told !== undefined) yield told;
      }
    },
    health: () => memory.health(),
    close: () => memory.close(),
    locks: {
      lock: (name, { driver: _driver, ...options }) => memory.lock(name, options),
      inspect: (options) => memory.inspectLocks(options),
      breakLock: (name, holder) => memory.breakLock(name, { holder }),
      close: async () => {},
    },
  });
}

const faults: Record<string, Tell> = {
  'a prefix that ends in the middle of a segment': (change, prefix) => sound(change, prefix.slice(0, -1)),
  'writes told as removals': (change, prefix) => sound({ ...change, type: 'removed' }, prefix),
  'keys without their prefix': (change, prefix) => {
    const told = sound(change, prefix);
    return told && { ...told, key: told.key.slice(prefix.length) };
  },
};

it('J88 passes a driver that declares watch and has it', async () => {
  const { cases } = await runConformance(watchingHarness(sound), { only: ['J88'], seed: 1 });
  expect(cases).toMatchObject([{ status: 'passed' }]);
});

it.each(Object.entries(faults))('J88 catches %s', async (_fault, tell) => {
  const { cases } = await runConformance(watchingHarness(tell), { only: ['J88'], seed: 1 });
  expect(cases).toMatchObject([{ status: 'failed' }]);
});
