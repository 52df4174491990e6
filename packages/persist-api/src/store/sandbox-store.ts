import type { Version } from '../driver/document.js';
import { checkExpectation } from '../driver/expectation.js';
import { invalidArgument } from '../driver/invalid-argument.js';
import { checkSegment } from '../driver/key.js';
import type { CallOptions, PersistDriver, WatchOptions, WriteOptions } from '../driver/persist-driver.js';
import { turnIfHeld } from '../event-loop.js';
import type { Lock, LockOptions } from '../lock/lock.js';
import { PersistError } from '../persist-error.js';
import type { DefaultStateSchema } from '../state/default-schema.js';
import type { TraceContext } from '../tracing.js';
import { checkRemoveCondition, checkSaveCondition } from './check-revision.js';
import { Globals } from './globals.js';
import { retryConflicts, unlessConflict } from './retry-conflicts.js';
import { type SandboxChange, toSandboxChange } from './sandbox-change.js';
import { type EncodedSandbox, SandboxCodec } from './sandbox-codec.js';
import type { DestroyOptions, Draft, SandboxInput, SaveOptions, Snapshot } from './snapshot.js';
import { callersOwn, storeCall, storeListing, storeWatch } from './store-call.js';
import { completeOptions, type SandboxStoreOptions, type StateSchema } from './store-options.js';
import { checkTransitions, stateNamesOf } from './transitions.js';

/**
 * Keeps sandboxes and their containers, typed and validated, in any driver. A sandbox and its
 * containers are one document: saved, loaded and destroyed whole.
 *
 *     const store = new SandboxStore(await openDriver('file:///var/lib/sandkeep'));
 *     await store.save('web', { sandbox: { state: 'ready' }, containers: new Map() });
 *     await store.update('web', (draft) => { draft.sandbox.state = 'running'; });
 *
 * An id of a sandbox or container is one segment of a key: `[A-Za-z0-9][A-Za-z0-9_.-]*`, at most 255
 * bytes. Any other is `INVALID_ARGUMENT`, before any I/O.
 *
 * Every method rejects with a {@link PersistError} or, when aborted, with the signal's reason; the
 * errors of the driver pass through. The store holds nothing open: closing the driver is up to its owner.
 */
export class SandboxStore<Schema extends StateSchema = DefaultStateSchema> {
  /** Bytes that belong to no sandbox, by name. */
  readonly globals: Globals;
  readonly #driver: PersistDriver;
  readonly #codec: SandboxCodec<Schema>;
  readonly #prefix: string;
  readonly #checksTransitions: boolean;

  /** @throws `INVALID_ARGUMENT` for a bad option */
  constructor(driver: PersistDriver, options: SandboxStoreOptions<Schema> = {}) {
    if (driver?.specVersion !== 1) throw invalidArgument('driver', driver, 'a PersistDriver with specVersion 1');
    const { namespace, ...codecOptions } = completeOptions(options);
    this.#driver = driver;
    this.#codec = new SandboxCodec(codecOptions);
    this.#prefix = `${namespace}/sandboxes/`;
    this.#checksTransitions = codecOptions.checkTransitions;
    this.globals = new Globals(driver, `${namespace}/globals/`);
  }

  /**
   * Replaces the whole state of a sandbox, and gives its revision. What the schema makes of the input is
   * what is stored. The input is validated and encoded before any I/O; changing it afterwards changes
   * nothing that is stored (with an asynchronous schema: leave it alone until the call settles).
   *
   * Without `ifRevision` it is one write that reads nothing: it replaces whatever is there, be it
   * damaged or of a newer format. With `checkTransitions` it reads first, and refuses in these cases.
   * @throws `INVALID_ARGUMENT` naming the path, the value and what was expected, if the schema accepts
   *   the input or its own output for it not
   * @throws `CONFLICT` if `ifRevision` does not hold
   * @throws `INVALID_STATE` with `checkTransitions`, naming both states
   */
  async save(id: string, state: SandboxInput<Schema>, options: SaveOptions = {}): Promise<Version> {
    return this.#call('save', id, options, async (key, trace) => {
      const { ifRevision, signal } = options;
      checkSaveCondition(ifRevision);
      const encoded = await this.#codec.encode(id, state);
      trace.bytes = encoded.data.byteLength;
      if (this.#checksTransitions) return this.#saveChecked(id, key, encoded, options, trace);
      return this.#write(key, encoded, { expect: ifRevision, signal });
    });
  }

  /**
   * The latest state. Older formats are migrated; nothing is written.
   * @throws `NOT_FOUND` if there is no such sandbox
   * @throws `CORRUPT` if what is stored is damaged or not accepted by the schema, naming key and path
   * @throws `FORMAT_UNSUPPORTED` if it is of a newer format
   */
  async load(id: string, options: CallOptions = {}): Promise<Snapshot<Schema>> {
    return this.#call('load', id, options, async (key, trace) => {
      return (await this.#read(id, key, options.signal, trace)) ?? throwNotFound(id);
    });
  }

  /** As {@link load}, but undefined if there is no such sandbox. A damaged one is still `CORRUPT`. */
  async find(id: string, options: CallOptions = {}): Promise<Snapshot<Schema> | undefined> {
    return this.#call('find', id, options, (key, trace) => this.#read(id, key, options.signal, trace));
  }

  /**
   * Loads the state, has `mutate` change it, and saves it unless somebody else did meanwhile: then all
   * of it is done again, after a short random wait and as often as it takes, until `signal` is aborted.
   * So `mutate` may run several times, each time with a fresh draft. What it throws ends the update,
   * unchanged, and nothing is saved.
   *
   * Containers that `mutate` does not look at cost next to nothing: of a state that this store has saved or loaded,
   * they are neither parsed, validated nor encoded again. So `draft.containers` is a Map that cannot be cloned; its
   * copy `new Map(draft.containers)` can.
   * @returns the state that was saved
   * @throws whatever {@link load} and {@link save} throw, except `CONFLICT`
   */
  async update(
    id: string,
    mutate: (draft: Draft<Schema>) => void | Promise<void>,
    options: CallOptions = {},
  ): Promise<Snapshot<Schema>> {
    return this.#call('update', id, options, (key, trace) => {
      const { signal } = options;
      if (typeof mutate !== 'function') throw invalidArgument('mutate', mutate, 'a function');
      return retryConflicts(signal, async (attempt) => {
        trace.attempt = attempt;
        const document = (await this.#readDocument(key, signal, trace)) ?? throwNotFound(id);
        const { revision, sandbox, containers } = await this.#codec.decodeDraft(id, key, document);
        const draft: Draft<Schema> = { sandbox, containers };
        const before = this.#checksTransitions ? stateNamesOf(draft) : undefined;
        await callersOwn(() => mutate(draft));
        const encoded = await this.#codec.encode(id, draft, containers);
        trace.bytes = encoded.data.byteLength;
        checkTransitions(id, before, encoded.states);
        const version = await unlessConflict(this.#write(key, encoded, { expect: revision, signal }));
        return version === undefined ? undefined : this.#codec.snapshotOf(id, key, encoded, version);
      });
    });
  }

  /**
   * Removes the sandbox and its containers, whatever their state; true if there was one. Nothing is
   * read, so a damaged document can be destroyed, too.
   * @throws `CONFLICT` if `ifRevision` does not hold
   */
  async destroy(id: string, options: DestroyOptions = {}): Promise<boolean> {
    return this.#call('destroy', id, options, (key) => {
      const { ifRevision, signal } = options;
      checkRemoveCondition(ifRevision);
      return this.#driver.remove(key, { expect: ifRevision, signal });
    });
  }

  /** The ids, each once, in ascending byte order; damaged sandboxes are among them. */
  list(options: CallOptions = {}): AsyncIterable<string> {
    return storeListing(this.#driver, { operation: 'list', prefix: this.#prefix, options });
  }

  /**
   * Follows the sandboxes, whoever changes them: see {@link PersistDriver.watch} for what is told, when the watch
   * starts and how it ends. With `initial`, what is told gives the revisions of all sandboxes.
   *
   *     for await (const { id, type } of store.watch({ signal })) {
   *       if (type === 'destroyed') forget(id);
   *       else show(await store.find(id));
   *     }
   *
   * @throws `UNSUPPORTED` where the driver lacks `capabilities.watch`
   */
  watch(options: WatchOptions = {}): AsyncIterable<SandboxChange> {
    const call = { operation: 'watch', prefix: this.#prefix, options };
    return storeWatch(this.#driver, call, (change) => toSandboxChange(change, this.#prefix));
  }

  /**
   * Takes the sandbox's lock, which coordinates programs that take it; no sandbox needs to exist. What
   * protects a state from lost updates is its revision, so no other method needs the lock.
   * @throws `LOCK_TIMEOUT` naming the holders
   */
  async lock(id: string, options: LockOptions = {}): Promise<Lock> {
    return this.#call('lock', id, options, (key) => this.#driver.lock(key, options));
  }

  async #read(id: string, key: string, signal: AbortSignal | undefined, trace: TraceContext) {
    const document = await this.#readDocument(key, signal, trace);
    const turn = turnIfHeld();
    if (turn !== undefined) await turn;
    return document && this.#codec.decode(id, key, document);
  }

  async #readDocument(key: string, signal: AbortSignal | undefined, trace: TraceContext) {
    const document = await this.#driver.read(key, { signal });
    if (document !== undefined) trace.bytes = document.data.byteLength;
    return document;
  }

  async #write(key: string, encoded: EncodedSandbox, options: WriteOptions): Promise<Version> {
    const version = await this.#driver.write(key, encoded.data, options);
    this.#codec.isStored(key, encoded, version);
    return version;
  }

  #saveChecked(
    id: string,
    key: string,
    encoded: EncodedSandbox,
    { ifRevision, signal }: SaveOptions,
    trace: TraceContext,
  ) {
    return retryConflicts(signal, async (attempt) => {
      trace.attempt = attempt;
      const before = await this.#read(id, key, signal, trace);
      checkExpectation(ifRevision, before?.revision);
      checkTransitions(id, before && stateNamesOf(before), encoded.states);
      const write = this.#write(key, encoded, { expect: before?.revision ?? 'absent', signal });
      return ifRevision === undefined ? unlessConflict(write) : write;
    });
  }

  #call<T>(
    operation: string,
    id: string,
    options: CallOptions,
    run: (key: string, trace: TraceContext) => Promise<T>,
  ): Promise<T> {
    const call = { operation, prefix: this.#prefix, subject: id, options };
    return storeCall(this.#driver, call, async (key, trace) => {
      checkSegment(id, 'sandbox id');
      return run(key, trace);
    });
  }
}

function throwNotFound(id: string): never {
  throw new PersistError('NOT_FOUND', `there is no sandbox ${id}`);
}
