import { createDriver } from '@sandkeep/persist-api';

const methods = ['read', 'write', 'remove', 'list', 'lock', 'inspectLocks', 'breakLock', 'health', 'close'];

/** A driver that does some calls its own way and passes all others on, behind `createDriver`. */
export function override(sound, own) {
  const faulty = {};
  for (const method of methods) faulty[method] = own[method] ?? sound[method].bind(sound);
  const { name, capabilities } = sound;
  const locks = {
    lock: (lock, { driver: _driver, ...options }) => faulty.lock(lock, options),
    inspect: faulty.inspectLocks,
    breakLock: (lock, holder) => faulty.breakLock(lock, { holder }),
    close: async () => {},
  };
  const list = (prefix, options) => faulty.list(prefix.replace(/\/$/, ''), options);
  const watch = sound.watch && ((prefix, options) => sound.watch(prefix.replace(/\/$/, ''), options));
  return createDriver({ ...faulty, list, watch, name, capabilities, locks });
}
