import { PersistError } from '@sandkeep/persist-api';
import type { Command } from 'commander';
import { AnyStore } from './any-store.js';
import type { GlobalOptions } from './global-options.js';
import type { StoredSandbox } from './stored-sandbox.js';

/** Where sandboxes are looked at. */
export interface SandboxSource extends AsyncDisposable {
  /** The ids, in ascending order; sandboxes that cannot be read are among them. */
  list(): AsyncIterable<string>;
  /** @returns undefined if there is no such sandbox. @throws `CORRUPT`, `FORMAT_UNSUPPORTED` */
  find(id: string): Promise<StoredSandbox | undefined>;
}

export interface SourceOptions extends GlobalOptions {
  /** The root of a Kata host's state. */
  readonly kata?: string;
}

export function addKataOption(command: Command): Command {
  return command.option('--kata <directory>', 'look at the state of a Kata Containers host, such as /run/vc, instead');
}

/**
 * Opens what the options name: the tree of a Kata host, of which nothing is changed, or a store.
 * @throws `INVALID_ARGUMENT` if they name both; else as `openChosenDriver`
 */
export async function openSource({ kata, ...options }: SourceOptions): Promise<SandboxSource> {
  if (kata === undefined) return AnyStore.open(options);
  for (const name of ['url', 'namespace'] as const) {
    if (options[name] === undefined) continue;
    throw new PersistError('INVALID_ARGUMENT', `--kata and --${name} are given: expected one of them`);
  }
  return (await import('./kata-host.js')).kataHost(kata);
}
