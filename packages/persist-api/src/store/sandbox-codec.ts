import { types } from 'node:util';
import type { Document, Version } from '../driver/document.js';
import { invalidArgument } from '../driver/invalid-argument.js';
import { checkSegment } from '../driver/key.js';
import { PersistError } from '../persist-error.js';
import { isCheckOnly } from '../state/default-schema.js';
import { lazySnapshot } from './lazy-snapshot.js';
import { type Migration, migrate } from './migrations.js';
import { corrupt, decodeSandboxDocument, type EncodedDocument, encodeSandboxDocument } from './sandbox-document.js';
import type { Snapshot } from './snapshot.js';
import type { StoreEvent } from './store-event.js';
import type { StateSchema } from './store-options.js';
import { type StateNames, stateNamesOf } from './transitions.js';
import { type UntypedState, validateState } from './validate-state.js';
import { ValidatedVersions } from './validated-versions.js';

/** A sandbox as it is to be written. Independent of the objects that it was made from. */
export interface EncodedSandbox extends EncodedDocument {
  /** Whether decoding gives back just what the schema has accepted. */
  readonly isExact: boolean;
  readonly states: StateNames;
  readonly savedAt: Date;
}

/** Turns states into documents and back: validates, migrates, encodes. */
export class SandboxCodec<Schema extends StateSchema> {
  readonly #schema: StateSchema;
  readonly #migrations: readonly Migration[];
  readonly #format: number;
  readonly #onEvent: (event: StoreEvent) => void;
  readonly #isCheckOnly: boolean;
  readonly #validated = new ValidatedVersions();

  constructor(schema: StateSchema, migrations: readonly Migration[], onEvent: (event: StoreEvent) => void) {
    this.#schema = schema;
    this.#migrations = migrations;
    this.#format = migrations.length + 1;
    this.#onEvent = onEvent;
    this.#isCheckOnly = isCheckOnly(schema.sandbox) && isCheckOnly(schema.container);
  }

  /**
   * With synchronous schemas, everything is done when the call returns to the event loop.
   * @throws `INVALID_ARGUMENT`, naming the path, the value and what was expected
   */
  async encode(id: string, input: unknown): Promise<EncodedSandbox> {
    checkInput(input);
    const output = validateState(this.#schema, input, (problem) => new PersistError('INVALID_ARGUMENT', problem));
    const state = types.isPromise(output) ? await output : output;
    const savedAt = new Date();
    const { data, isExact } = encodeSandboxDocument({ format: this.#format, id, savedAt, ...state });
    const states = stateNamesOf(state);
    if (!isSame(state, input)) await this.#checkLoadable(state);
    return { data, isExact: isExact && this.#isCheckOnly, states, savedAt };
  }

  /** What the schema made of an input is validated again when it is loaded: refuses what would fail then. */
  async #checkLoadable(output: UntypedState): Promise<void> {
    await validateState(
      this.#schema,
      output,
      (problem) => new PersistError('INVALID_ARGUMENT', `the schema does not accept its own output: ${problem}`),
    );
  }

  /** What {@link encode} gave is stored as this version. */
  isStored(key: string, { isExact }: EncodedSandbox, version: Version): void {
    if (isExact) this.#validated.add(key, version);
  }

  /** What {@link encode} gave, as it is stored. @throws as {@link decode}, if the schema is not deterministic */
  async snapshotOf(id: string, key: string, encoded: EncodedSandbox, version: Version): Promise<Snapshot<Schema>> {
    const { data, isExact, savedAt } = encoded;
    if (!isExact) return this.decode(id, key, { data, version });
    return lazySnapshot<Schema>({ id, revision: version, savedAt }, () => {
      const { sandbox, containers } = decodeSandboxDocument(data, key, id, this.#format);
      return { sandbox, containers } as Pick<Snapshot<Schema>, 'sandbox' | 'containers'>;
    });
  }

  /**
   * @throws `CORRUPT`, naming the key, the path, the value and what was expected, if the document is
   *   damaged or not accepted by the schema
   * @throws `FORMAT_UNSUPPORTED` if it is of a newer format
   */
  async decode(id: string, key: string, { data, version }: Document): Promise<Snapshot<Schema>> {
    const { format, savedAt, ...stored } = decodeSandboxDocument(data, key, id, this.#format);
    const isOlder = format < this.#format;
    if (isOlder) await migrate(stored, format, this.#migrations);
    const isKnown = !isOlder && this.#validated.has(key, version);
    const state = isKnown ? stored : await validateState(this.#schema, stored, (problem) => corrupt(key, problem));
    if (this.#isCheckOnly && !isOlder) this.#validated.add(key, version);
    if (isOlder) this.#onEvent({ type: 'migrated', id, from: format, to: this.#format });
    return { id, ...(state as Pick<Snapshot<Schema>, 'sandbox' | 'containers'>), revision: version, savedAt };
  }
}

function isSame(a: UntypedState, b: UntypedState): boolean {
  if (a.sandbox !== b.sandbox) return false;
  for (const [id, state] of a.containers) if (state !== b.containers.get(id)) return false;
  return true;
}

function checkInput(input: unknown): asserts input is UntypedState {
  if (typeof input !== 'object' || input === null) throw invalidArgument('state', input, '{ sandbox, containers }');
  const { containers } = input as Partial<UntypedState>;
  if (!types.isMap(containers)) {
    throw invalidArgument('containers', containers, 'a Map of container states by container id');
  }
  for (const id of containers.keys()) checkSegment(id, 'container id');
}
