/**
 * What a backend promises at this moment, and what is at risk.
 * Plain data that can be printed, logged or sent as JSON; it never holds a secret.
 */
export interface Health {
  /** `ok`; `at-risk`: usable, but see `risks`; `unavailable`: calls will fail, see `risks`. */
  readonly status: 'ok' | 'at-risk' | 'unavailable';
  /** Facts about the backend by name, for people: `{ durability: 'full', fileSystem: 'ext4' }`. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** One sentence for each thing that can lose data or stop the driver, with what to do about it. */
  readonly risks: readonly string[];
}
