import type { PersistDriver } from '@sandkeep/persist-api';
import type { Harness } from '@sandkeep/persist-conformance';
import { keys, wrappers } from './at-rest-wrappers.js';

/** The harness of a driver that is wrapped, in child processes, too. */
export function wrappedHarness<Location>(inner: Harness<Location>, wrapper: keyof typeof wrappers): Harness<Location> {
  const wrap = async (driver: Promise<PersistDriver>) => wrappers[wrapper](await driver);
  const { openInProcess, openMissing } = inner;
  return {
    ...inner,
    name: `${inner.name}, ${wrapper}`,
    open: (location) => wrap(inner.open(location)),
    openPeer: (location) => wrap(inner.openPeer(location)),
    ...(openInProcess && {
      openInProcess: (location) => ({
        module: new URL('open-in-process.js', import.meta.url).href,
        config: { ...openInProcess(location), wrapper },
      }),
    }),
    ...(openMissing && { openMissing: (location) => wrap(openMissing(location)) }),
    secrets: () => keys.map(({ key }) => key),
  };
}
