import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  memoryDriver,
  PersistError,
  SandboxStore,
  type SandboxStoreOptions,
  type StateSchema,
} from '@sandkeep/persist-api';

/** What the states of sandboxes are checked with; undefined: nothing but that they are states. */
export type CheckSchema = Pick<SandboxStoreOptions<StateSchema>, 'schema' | 'migrations'> | undefined;

/**
 * Finds the schema that `--schema` names: `default`, `kata`, `none`, or a module that exports `schema` and, if
 * there are older formats, `migrations`.
 * @throws `INVALID_ARGUMENT` if there is no such module, or it exports something else
 */
export async function findSchema(name: string): Promise<CheckSchema> {
  if (name === 'none') return undefined;
  if (name === 'default') return {};
  if (name === 'kata') return { schema: (await import('@sandkeep/persist-kata')).kataSchema };
  const module = await importModule(name);
  const found = { schema: module.schema, migrations: module.migrations } as NonNullable<CheckSchema>;
  try {
    if (found.schema === undefined) throw new Error('it exports no schema');
    new SandboxStore(memoryDriver(), found);
    return found;
  } catch (error) {
    const expected = "expected a module that exports 'schema' and perhaps 'migrations', as a SandboxStore takes them";
    throw new PersistError('INVALID_ARGUMENT', `--schema ${name}: ${(error as Error).message}: ${expected}`);
  }
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    const message = `--schema ${path} cannot be loaded: ${(cause as Error).message} (expected default, kata, none, or a module)`;
    throw new PersistError('INVALID_ARGUMENT', message, { cause });
  }
}
