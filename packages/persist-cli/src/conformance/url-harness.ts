import { randomBytes } from 'node:crypto';
import { openResolved, PersistError, type ResolvedDriver, redactUrl, resolveDriver } from '@sandkeep/persist-api';
import type { Harness } from '@sandkeep/persist-conformance';
import type { ChildConfig } from './open-in-process.js';

/** A harness on a backend that others may use. */
export interface UrlHarness {
  readonly harness: Harness<Scratch>;
  /** What it works in, for people: `namespace sandkeep-conformance-5f3a01-*`. */
  readonly place: string;
  /** Removes every storage that was made and not disposed of. */
  removeAll(): Promise<void>;
}

/** One storage. */
interface Scratch {
  readonly name: string;
  readonly resolved: ResolvedDriver;
}

/**
 * The harness for any driver that can be opened by a URL: its storages are scratch storages of the
 * driver's module, and child processes open the same ones by the same URL.
 * @param from where the driver's package and relative paths are looked for
 * @throws as `resolveDriver`; `UNSUPPORTED` if the driver has no scratch storages
 */
export async function urlHarness(url: string, from: readonly string[]): Promise<UrlHarness> {
  const chosen = await resolveDriver(url, { from });
  const { module, config } = chosen;
  const { scratch } = module;
  if (scratch === undefined) {
    throw new PersistError(
      'UNSUPPORTED',
      `the ${module.name} driver cannot make storages for tests beside those of others: write a harness, ` +
        'and run "sandkeep conformance ./harness.js"',
    );
  }
  const run = `conformance-${randomBytes(3).toString('hex')}`;
  const made = new Map<string, Scratch>();
  const at = (name: string): Scratch => ({ name, resolved: { ...chosen, config: scratch.at(config, name) } });
  const open = ({ resolved }: Scratch) => openResolved(resolved);
  const dispose = async (storage: Scratch) => {
    await scratch.remove(storage.resolved.config);
    made.delete(storage.name);
  };
  let count = 0;
  const fresh = () => {
    count += 1;
    return at(`${run}-${count}`);
  };
  const password = passwordIn(url);
  const harness: Harness<Scratch> = {
    name: `${module.name} at ${redactUrl(url)}`,
    async create() {
      const storage = fresh();
      made.set(storage.name, storage);
      await scratch.create?.(storage.resolved.config);
      return storage;
    },
    open,
    openPeer: open,
    dispose,
    openInProcess: ({ name }) => ({
      module: new URL('open-in-process.js', import.meta.url).href,
      config: { url, from, name } satisfies ChildConfig,
    }),
    ...(scratch.create && { openMissing: () => open(fresh()) }),
    ...(password !== undefined && { secrets: () => [password] }),
  };
  return {
    harness,
    place: scratch.describe(scratch.at(config, `${run}-*`)),
    async removeAll() {
      for (const storage of made.values()) await dispose(storage);
      await scratch.sweep?.(config, `${run}-`);
    },
  };
}

/** The password of a URL; undefined for one so short that the same text can be part of something else. */
function passwordIn(url: string): string | undefined {
  const [, encoded = ''] = /^[^:]+:\/\/[^@/:]*:([^@/]*)@/.exec(url) ?? [];
  const password = decodeURIComponent(encoded);
  return password.length >= 8 ? password : undefined;
}
