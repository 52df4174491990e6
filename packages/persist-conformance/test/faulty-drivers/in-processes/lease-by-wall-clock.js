import { isPersistError } from '@sandkeep/persist-api';
import { override } from './override.js';

export function breakDriver(sound) {
  const lock = async (name, options = {}) => {
    try {
      return await sound.lock(name, options);
    } catch (error) {
      if (!isPersistError(error, 'LOCK_TIMEOUT')) throw error;
      const age = Date.now() - Date.parse(error.holders?.[0]?.since);
      if (!(age > 60_000)) throw error;
      await sound.breakLock(name);
      return sound.lock(name, options);
    }
  };
  return override(sound, { lock });
}
