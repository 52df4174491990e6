import { wrappers } from './at-rest-wrappers.js';

/** How a child process of the conformance suite opens the driver: as the harness of the driver inside does, then wrapped. */
export async function open({ module, config, wrapper }) {
  const inner = await import(module);
  return wrappers[wrapper](await inner.open(config));
}
