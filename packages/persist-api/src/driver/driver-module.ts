import type { z } from 'zod';
import type { PersistDriver } from './persist-driver.js';
import type { ScratchStorage } from './scratch-storage.js';

/**
 * What a driver package exports under the name `driver`, so that {@link openDriver} can find, check
 * and open it by configuration.
 */
export interface DriverModule<Config = unknown> {
  /** The driver's name, as in `{ driver: 'fs' }`. */
  readonly name: string;
  /** The URL schemes it takes, without the colon: `['redis', 'rediss']`. */
  readonly schemes: readonly string[];
  /**
   * Checks the configuration, without `driver`, `$schema`, `compress` and `encrypt`, which are the same for every
   * driver. A strict object: an unknown option is an error.
   * A query parameter of a URL arrives as a string, and is turned into the boolean or number that the
   * schema asks for at the top level.
   */
  readonly configSchema: z.ZodType<Config>;
  /**
   * The options that are paths of files or directories. {@link openDriver} makes relative ones absolute,
   * from its `from`, before it opens the driver. @default none
   */
  readonly pathOptions?: readonly string[] | undefined;
  /**
   * The configuration that a URL's scheme, authority and path stand for; {@link openDriver} adds the
   * query parameters.
   * @param url the URL without its query and fragment
   * @throws `INVALID_ARGUMENT`, without the URL's password in the message
   */
  fromUrl(url: string): Record<string, unknown>;
  /** Opens the driver. Rejects with a PersistError if the backend is missing, foreign or unsafe. */
  open(config: Config): Promise<PersistDriver>;
  /** Storages for tests beside the user's own. @default none: the conformance suite then needs a harness */
  readonly scratch?: ScratchStorage<Config> | undefined;
}
