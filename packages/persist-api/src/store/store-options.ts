import type { StandardSchemaV1 } from '@standard-schema/spec';
import { checkOptions } from '../driver/check-options.js';
import { invalidArgument } from '../driver/invalid-argument.js';
import { checkSegment } from '../driver/key.js';
import { type DefaultStateSchema, defaultSchema } from '../state/default-schema.js';
import type { Migration } from './migrations.js';
import type { StoreEvent } from './store-event.js';

/**
 * What the states of a store are checked with: anything that implements Standard Schema 1 (zod, valibot,
 * arktype, …), synchronous or not. The output of a schema is what is stored; it has to be plain JSON
 * data (with bigints), and the schema has to accept it, too, as it validates it again when it is loaded:
 * a save whose output it does not accept is `INVALID_ARGUMENT`.
 */
export interface StateSchema {
  readonly sandbox: StandardSchemaV1;
  readonly container: StandardSchemaV1;
}

/** How a {@link SandboxStore} checks, names and reports. */
export interface SandboxStoreOptions<Schema extends StateSchema = DefaultStateSchema> {
  /** @default the schemas of Kata's persist API */
  readonly schema?: Schema | undefined;
  /**
   * How to bring older documents up to date: `migrations[0]` takes a state from format 1 to format 2,
   * and so on, so that the format that is written is `migrations.length + 1`. @default none: format 1
   */
  readonly migrations?: readonly Migration[] | undefined;
  /**
   * One segment of a key. Stores with different namespaces on one driver know nothing of each other.
   * @default 'default'
   */
  readonly namespace?: string | undefined;
  /**
   * Refuse a save or update that moves a `state` of the sandbox, or of a container that stays, where
   * `assertTransition` forbids it. A save then reads before it writes. @default false
   */
  readonly checkTransitions?: boolean | undefined;
  /** Told what the store did beyond what it was asked for. What it throws, the call rejects with. */
  readonly onEvent?: ((event: StoreEvent) => void) | undefined;
}

/** Checks and completes the options. @throws `INVALID_ARGUMENT` */
export function completeOptions<Schema extends StateSchema>(options: SandboxStoreOptions<Schema>) {
  checkOptions(options);
  const {
    schema = defaultSchema,
    migrations = [],
    namespace = 'default',
    checkTransitions = false,
    onEvent = () => {},
  } = options;
  checkSchema('schema.sandbox', schema?.sandbox);
  checkSchema('schema.container', schema?.container);
  if (!Array.isArray(migrations) || !migrations.every((migration) => typeof migration === 'function')) {
    throw invalidArgument('migrations', migrations, 'an array of functions');
  }
  checkSegment(namespace, 'namespace');
  if (typeof checkTransitions !== 'boolean') {
    throw invalidArgument('checkTransitions', checkTransitions, 'a boolean');
  }
  if (typeof onEvent !== 'function') throw invalidArgument('onEvent', onEvent, 'a function');
  return { schema, migrations: [...migrations], namespace, checkTransitions, onEvent };
}

function checkSchema(field: string, value: Partial<StandardSchemaV1> | undefined): void {
  const standard = value?.['~standard'];
  if (standard?.version !== 1 || typeof standard.validate !== 'function') {
    throw invalidArgument(field, value, 'a schema that implements Standard Schema 1');
  }
}
