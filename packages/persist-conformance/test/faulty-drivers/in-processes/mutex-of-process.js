import { PersistError } from '@sandkeep/persist-api';
import { override } from './override.js';

/** The end of the latest write of each key in this process. */
const ends = new Map();

export function breakDriver(sound) {
  const write = (key, data, options = {}) => {
    const copy = data.slice();
    const next = (ends.get(key) ?? Promise.resolve()).then(() => checkedWrite(key, copy, options));
    ends.set(
      key,
      next.catch(() => {}),
    );
    return next;
  };
  const checkedWrite = async (key, data, { expect, signal }) => {
    const current = (await sound.read(key, { signal }))?.version ?? 'absent';
    if (expect === undefined || expect === current) return sound.write(key, data, { signal });
    const options = { driver: sound.name, operation: 'write', key, currentVersion: current };
    throw new PersistError('CONFLICT', `"${key}" is ${current}`, options);
  };
  return override(sound, { write });
}
