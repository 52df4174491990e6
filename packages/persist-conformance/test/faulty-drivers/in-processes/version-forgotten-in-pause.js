import { setTimeout as sleep } from 'node:timers/promises';
import { PersistError } from '@sandkeep/persist-api';
import { override } from './override.js';

/** A lease of its own guards check and write; whoever is paused longer than that goes on all the same. */
export function breakDriver(sound) {
  const write = async (key, data, { expect, signal } = {}) => {
    const copy = data.slice();
    const lease = `lease/${key}`;
    for (;;) {
      const held = await sound.read(lease);
      const taken = await take(lease, held);
      if (taken !== undefined) break;
      await sleep(2);
    }
    const current = (await sound.read(key, { signal }))?.version ?? 'absent';
    const conflict = expect !== undefined && expect !== current;
    await sleep(10);
    const version = conflict ? undefined : await sound.write(key, copy, { signal });
    await sound.remove(lease);
    if (!conflict) return version;
    const options = { driver: sound.name, operation: 'write', key, currentVersion: current };
    throw new PersistError('CONFLICT', `"${key}" is ${current}`, options);
  };

  const take = async (lease, held) => {
    if (held !== undefined) {
      await sleep(100);
      if ((await sound.read(lease))?.version !== held.version) return undefined;
    }
    return sound.write(lease, Buffer.from('taken'), { expect: held?.version ?? 'absent' }).catch(() => undefined);
  };
  const list = async function* (prefix, options) {
    for await (const key of sound.list(prefix, options)) if (!key.startsWith('lease/')) yield key;
  };
  return override(sound, { write, list });
}
