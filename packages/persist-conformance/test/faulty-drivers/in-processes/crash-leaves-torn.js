import { setTimeout as sleep } from 'node:timers/promises';
import { override } from './override.js';

export function breakDriver(sound) {
  const write = async (key, data, options = {}) => {
    if (data.byteLength < 1000) return sound.write(key, data, options);
    const copy = data.slice();
    const half = await sound.write(key, copy.slice(0, copy.byteLength / 2), options);
    await sleep(30);
    return sound.write(key, copy, { expect: half, signal: options.signal });
  };
  return override(sound, { write });
}
