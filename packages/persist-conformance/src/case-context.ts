import type { DriverCapabilities, PersistDriver } from '@sandkeep/persist-api';
import type { CommitStep, Disturbance, LostAnswers, StorageFault, StoredFile } from './fault-hooks.js';
import type { Damage, Harness, HarnessHook, OpenedWithClient } from './harness.js';
import { isOptional } from './need.js';
import { NotVerified } from './not-verified.js';
import { DriverProcess, type DriverProcessOptions } from './process/driver-process.js';
import type { Random } from './random.js';
import { withinTime } from './within-time.js';

/** How long the end of a case waits for instances that are being opened. */
const openingLimitMs = 2_000;

/** What one run of one case works with. It remembers what was opened, and gives it back at the end. */
export class CaseContext {
  /** For every choice that a race leaves to chance. */
  readonly random: Random;
  readonly #harness: Harness;
  readonly #location: unknown;
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  #capabilities: Promise<DriverCapabilities> | undefined;
  readonly #openings = new Set<Promise<unknown>>();
  #disposed = false;
  #ended = false;

  private constructor(harness: Harness, location: unknown, random: Random) {
    this.#harness = harness;
    this.#location = location;
    this.random = random;
    this.defer(() => harness.dispose(location));
  }

  /** A context on a fresh storage. */
  static async create(harness: Harness, random: Random): Promise<CaseContext> {
    return new CaseContext(harness, await harness.create(), random);
  }

  /** An instance on the storage of this case. */
  open(): Promise<PersistDriver> {
    return this.#opened(() => this.#harness.open(this.#location));
  }

  /** A further instance on the same storage. */
  openPeer(): Promise<PersistDriver> {
    return this.#opened(() => this.#harness.openPeer(this.#location));
  }

  /** An instance on a storage of its own. */
  async openElsewhere(): Promise<PersistDriver> {
    return this.#opened(async () => {
      const location = await this.#harness.create();
      this.defer(() => this.#harness.dispose(location));
      return this.#harness.open(location);
    });
  }

  /**
   * A child process with an instance on the storage of this case.
   * @throws NotVerified if the driver declares that its instances share nothing over processes
   */
  async spawn(options?: DriverProcessOptions): Promise<DriverProcess> {
    this.#capabilities ??= this.open().then((driver) => driver.capabilities);
    const { shared } = await this.#capabilities;
    if (!shared) throw new NotVerified('the driver declares capabilities.shared as false');
    return this.spawnAlone(options);
  }

  /** As {@link spawn}, so many at once. */
  spawnSeveral(count: number): Promise<DriverProcess[]> {
    return Promise.all(Array.from({ length: count }, () => this.spawn()));
  }

  /** As {@link spawn}, but also for a driver whose instances share nothing over processes. */
  async spawnAlone(options?: DriverProcessOptions): Promise<DriverProcess> {
    this.#assertRunning();
    const child = new DriverProcess(this.#hook('openInProcess')(this.#location), options);
    this.defer(() => child.kill());
    await child.ready;
    return child;
  }

  openMissing(): Promise<PersistDriver> {
    return this.#opened(() => this.#hook('openMissing')(this.#location));
  }

  async openWithClient(): Promise<OpenedWithClient> {
    const opened = await this.#hook('openWithClient')(this.#location);
    this.defer(() => opened.end());
    this.defer(() => opened.driver.close());
    return opened;
  }

  corrupt(key: string, damage: Damage): Promise<void> {
    return this.#hook('corrupt')(this.#location, key, damage);
  }

  /** Lets the storage fail. @returns what mends it; at the end of the case it is mended in any case */
  async failStorage(): Promise<() => Promise<void>> {
    return this.#onceAtTheEnd(await this.#hook('failStorage')(this.#location));
  }

  leftOvers(): Promise<readonly string[]> {
    return this.#hook('leftOvers')(this.#location);
  }

  storageFaults(): readonly StorageFault[] {
    return this.#hook('storageFaults')(this.#location);
  }

  /** Lets one of {@link storageFaults} happen to a process. @returns what ends it; it ends with the case in any case */
  async beginFault(fault: StorageFault, pid: number): Promise<() => Promise<void>> {
    return this.#onceAtTheEnd(await fault.begin(pid));
  }

  /** @returns what ends the recording, and gives the steps */
  async recordCommits(pid: number): Promise<() => Promise<readonly CommitStep[]>> {
    return this.#onceAtTheEnd(await this.#hook('recordCommits')(this.#location, pid));
  }

  storedFiles(): Promise<readonly StoredFile[]> {
    return this.#hook('storedFiles')(this.#location);
  }

  /** @returns what counts the lost answers, and ends it; it ends with the case in any case */
  async loseAnswers(every: number): Promise<LostAnswers> {
    const losing = await this.#hook('loseAnswers')(this.#location, every);
    this.defer(() => losing.stop());
    return losing;
  }

  openUnconditional(): Promise<PersistDriver> {
    return this.#opened(() => this.#hook('openUnconditional')(this.#location));
  }

  restartBackend(): Promise<void> {
    return this.#hook('restartBackend')(this.#location);
  }

  disturbances(): readonly Disturbance[] {
    return this.#hook('disturbances')(this.#location);
  }

  secrets(): readonly string[] {
    return this.#hook('secrets')(this.#location);
  }

  /** Runs `cleanup` at the end of the case, before whatever was deferred earlier. */
  defer(cleanup: () => Promise<unknown>): void {
    if (this.#ended) void cleanup().catch(() => {});
    else this.#cleanups.push(cleanup);
  }

  /** Gives everything back, the last opened first. @returns what went wrong */
  async dispose(): Promise<unknown[]> {
    this.#disposed = true;
    // What is being opened at this moment is closed, too, unless it never opens.
    await withinTime(Promise.allSettled(this.#openings), openingLimitMs, 'the openings').catch(() => {});
    const errors: unknown[] = [];
    for (let cleanup = this.#cleanups.pop(); cleanup !== undefined; cleanup = this.#cleanups.pop()) {
      await cleanup().catch((error) => errors.push(error));
    }
    this.#ended = true;
    return errors;
  }

  async #opened(open: () => Promise<PersistDriver>): Promise<PersistDriver> {
    this.#assertRunning();
    const opening = open().then((driver) => {
      this.defer(() => driver.close());
      return driver;
    });
    this.#openings.add(opening);
    return opening.finally(() => this.#openings.delete(opening));
  }

  /** A case that goes on after its time was up opens nothing any more. */
  #assertRunning(): void {
    if (this.#disposed) throw new Error('the case has ended');
  }

  /** The same function, which does its work at the first call; at the end of the case it is called in any case. */
  #onceAtTheEnd<T>(end: () => Promise<T>): () => Promise<T> {
    let ended: Promise<T> | undefined;
    const once = () => {
      ended ??= end();
      return ended;
    };
    this.defer(once);
    return once;
  }

  #hook<Name extends HarnessHook>(name: Name): NonNullable<Harness[Name]> {
    const hook = this.#harness[name];
    if (hook === undefined) throw new NotVerified(missingHook(name), { optional: isOptional(name) });
    return hook.bind(this.#harness) as NonNullable<Harness[Name]>;
  }
}

/** Why a case that needs this hook was not verified. */
export function missingHook(name: HarnessHook): string {
  return `the harness has no ${name}`;
}
