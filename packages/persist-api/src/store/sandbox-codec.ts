import { types } from 'node:util';
import type { Document, Version } from '../driver/document.js';
import { invalidArgument } from '../driver/invalid-argument.js';
import { checkSegment } from '../driver/key.js';
import { PersistError } from '../persist-error.js';
import { isCheckOnly } from '../state/default-schema.js';
import { LazyContainers } from './lazy-containers.js';
import { lazySnapshot } from './lazy-snapshot.js';
import { type Migration, migrate } from './migrations.js';
import {
  corrupt,
  decodeKnownDocument,
  decodeLines,
  decodeSandboxDocument,
  type EncodedDocument,
  encodeInLines,
  encodeSandboxDocument,
} from './sandbox-document.js';
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
  /** Whether each container has a line of its own. */
  readonly hasLines: boolean;
  /** Undefined unless transitions are checked. */
  readonly states: StateNames | undefined;
  readonly savedAt: Date;
}

interface CodecOptions {
  readonly schema: StateSchema;
  readonly migrations: readonly Migration[];
  readonly onEvent: (event: StoreEvent) => void;
  readonly checkTransitions: boolean;
}

/** Turns states into documents and back: validates, migrates, encodes. */
export class SandboxCodec<Schema extends StateSchema> {
  readonly #schema: StateSchema;
  readonly #migrations: readonly Migration[];
  readonly #format: number;
  readonly #onEvent: (event: StoreEvent) => void;
  readonly #checksTransitions: boolean;
  readonly #isCheckOnly: boolean;
  readonly #validated = new ValidatedVersions();

  constructor({ schema, migrations, onEvent, checkTransitions }: CodecOptions) {
    this.#schema = schema;
    this.#migrations = migrations;
    this.#format = migrations.length + 1;
    this.#onEvent = onEvent;
    this.#checksTransitions = checkTransitions;
    this.#isCheckOnly = isCheckOnly(schema.sandbox) && isCheckOnly(schema.container);
  }

  /**
   * With synchronous schemas, everything is done when the call returns to the event loop.
   * @param loaded what {@link decodeDraft} gave as containers, if the input is a draft. As long as they are its
   *   containers, those that nobody looked at are neither validated nor encoded again
   * @throws `INVALID_ARGUMENT`, naming the path, the value and what was expected
   */
  async encode(id: string, input: unknown, loaded?: unknown): Promise<EncodedSandbox> {
    checkInput(input);
    const { sandbox, containers } = input;
    const lazy = containers === loaded && containers instanceof LazyContainers ? containers : undefined;
    const changed = { sandbox, containers: lazy?.seen() ?? containers };
    const output = validateState(this.#schema, changed, (problem) => new PersistError('INVALID_ARGUMENT', problem));
    const state = types.isPromise(output) ? await output : output;
    const savedAt = new Date();
    const stored = { sandbox: state.sandbox, containers: lazy ?? state.containers };
    const hasLines = loaded !== undefined;
    const encodeDocument = hasLines ? encodeInLines : encodeSandboxDocument;
    const { data, isExact, isNative } = encodeDocument({ format: this.#format, id, savedAt, ...stored });
    const states = this.#checksTransitions ? stateNamesOf(stored) : undefined;
    if (!isSame(state, changed)) await this.#checkLoadable(state);
    return { data, isExact: isExact && this.#isCheckOnly, isNative, hasLines, states, savedAt };
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
  isStored(key: string, { isExact, isNative, hasLines }: EncodedSandbox, version: Version): void {
    if (isExact) this.#validated.add(key, { version, hasLines, isNative });
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
    const known = this.#validated.find(key, version);
    const same = known?.isNative ? decodeKnownDocument(data, id) : undefined;
    if (same !== undefined) return toSnapshot(id, same, version, same.savedAt);
    const { format, savedAt, isNative, ...stored } = decodeSandboxDocument(data, key, id, this.#format);
    const isOlder = format < this.#format;
    if (isOlder) await migrate(stored, format, this.#migrations);
    const isKnown = known !== undefined && !isOlder;
    const state = isKnown ? stored : await validateState(this.#schema, stored, (problem) => corrupt(key, problem));
    // What was saved in the meantime is known better.
    const isNew = this.#isCheckOnly && !isOlder && this.#validated.find(key, version) === undefined;
    if (isNew) this.#validated.add(key, { version, hasLines: false, isNative });
    if (isOlder) this.#onEvent({ type: 'migrated', id, from: format, to: this.#format });
    return toSnapshot(id, state, version, savedAt);
  }

  /** As {@link decode}, for a draft: of a document that an update of this store wrote, containers are parsed when
   * somebody looks at them.
   */
  async decodeDraft(id: string, key: string, document: Document): Promise<Snapshot<Schema>> {
    const { data, version } = document;
    const known = this.#validated.find(key, version);
    if (!known?.hasLines) return this.decode(id, key, document);
    const found = decodeLines(data, key, id, { currentFormat: this.#format, isNative: known.isNative });
    return toSnapshot(id, found, version, found.savedAt);
  }
}

function toSnapshot<Schema extends StateSchema>(
  id: string,
  { sandbox, containers }: UntypedState,
  revision: Version,
  savedAt: Date,
): Snapshot<Schema> {
  return { id, sandbox, containers, revision, savedAt } as Snapshot<Schema>;
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
