import { override } from './override.js';

export function breakDriver(sound) {
  const timer = setInterval(() => {}, 1000);
  const close = () => {
    clearInterval(timer);
    return sound.close();
  };
  return override(sound, { close });
}
