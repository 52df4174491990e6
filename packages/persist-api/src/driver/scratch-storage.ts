/**
 * Storages of its own on a backend that is in use, for tests: a namespace, a prefix, a sub-directory.
 * `sandkeep conformance <url>` works on them, and removes each of them.
 */
export interface ScratchStorage<Config = unknown> {
  /**
   * The configuration of a storage that shares nothing with that of `config`, nor with one of another name.
   * @param name 1 to 40 of `[a-z0-9-]`
   */
  at(config: Config, name: string): Config;
  /** What a configuration's storage is, for people: `namespace test-1`, `directory /srv/x`. No secrets. */
  describe(config: Config): string;
  /** Makes the storage, where opening does not. @throws `NOT_FOUND` if what it would be in does not exist */
  create?(config: Config): Promise<void>;
  /** Removes the storage whole, also where it is damaged. Nothing has it open. */
  remove(config: Config): Promise<void>;
  /**
   * Removes what `remove` left of all storages whose names begin with `names`, where it does not find
   * everything at a fair price. Called once, at the end. @param config that of the user
   */
  sweep?(config: Config, names: string): Promise<void>;
}
