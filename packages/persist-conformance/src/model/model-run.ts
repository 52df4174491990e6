import assert from 'node:assert/strict';
import { isPersistError, type PersistDriver, type Version } from '@sandkeep/persist-api';
import { collect } from '../documents.js';
import { type Command, type Condition, instanceCount, modelKeys } from './command.js';
import { DocumentModel } from './document-model.js';

/** One sequence of commands, given to the driver and to the model, below a prefix of its own. */
export class ModelRun {
  readonly #model = new DocumentModel();
  readonly #space: string;
  readonly #instances: PersistDriver[];
  readonly #open: () => Promise<PersistDriver>;
  #writes = 0;

  /**
   * @param space a prefix that holds nothing yet
   * @param instances whose entries are replaced by `open()` when a command says so
   */
  constructor(space: string, instances: PersistDriver[], open: () => Promise<PersistDriver>) {
    assert.equal(instances.length, instanceCount);
    this.#space = space;
    this.#instances = instances;
    this.#open = open;
  }

  /** Fails the case when the driver does something else than the model. */
  async run(command: Command): Promise<void> {
    const driver = this.#instances[command.instance] as PersistDriver;
    switch (command.type) {
      case 'read':
        return this.#read(driver, command.key);
      case 'write':
        return this.#write(driver, command.key, command.size, command.on);
      case 'remove':
        return this.#remove(driver, command.key, command.on);
      case 'list':
        return this.#list(driver, command.prefix, command.after);
      case 'reopen':
        await driver.close();
        this.#instances[command.instance] = await this.#open();
    }
  }

  /** Fails the case unless the driver ended up with what the model has. */
  async finish(): Promise<void> {
    const driver = this.#instances[0] as PersistDriver;
    for (const key of modelKeys) await this.#read(driver, key);
    await this.#list(driver, '', undefined);
  }

  async #read(driver: PersistDriver, key: string): Promise<void> {
    const found = await driver.read(this.#keyOf(key));
    const expected = this.#model.get(key);
    assert.deepEqual(
      found && { version: found.version, data: Buffer.from(found.data) },
      expected && { version: expected.version, data: Buffer.from(expected.data) },
      `read "${key}" must give what was written last`,
    );
  }

  async #write(driver: PersistDriver, key: string, size: number, on: Condition): Promise<void> {
    this.#writes += 1;
    const data = Buffer.alloc(size, this.#writes);
    const expect = this.#expectation(key, on);
    const version = await this.#conditional(`write "${key}"`, key, expect, () =>
      driver.write(this.#keyOf(key), data, { expect }),
    );
    if (version === undefined) return;
    assert.ok(!this.#model.hasHad(key, version), `write "${key}" gave version ${version}, which "${key}" had before`);
    this.#model.set(key, data, version);
  }

  async #remove(driver: PersistDriver, key: string, on: Exclude<Condition, 'absence'>): Promise<void> {
    const expect = this.#expectation(key, on);
    const existed = await this.#conditional(`remove "${key}"`, key, expect, () =>
      driver.remove(this.#keyOf(key), { expect }),
    );
    if (existed === undefined) return;
    assert.equal(existed, this.#model.get(key) !== undefined, `remove "${key}" must tell whether there was one`);
    this.#model.delete(key);
  }

  async #list(driver: PersistDriver, prefix: string, after: string | undefined): Promise<void> {
    const space = prefix === '' ? this.#space : this.#keyOf(prefix);
    const keys = await collect(driver.list(space, { after: after && this.#keyOf(after) }));
    assert.deepEqual(
      keys,
      this.#model.list(prefix, after).map((key) => this.#keyOf(key)),
      `list "${prefix}"${after === undefined ? '' : ` after "${after}"`} must give what is there`,
    );
  }

  /** @returns undefined if the call was refused, as it had to be */
  async #conditional<T>(
    what: string,
    key: string,
    expect: Version | 'absent' | undefined,
    call: () => Promise<T>,
  ): Promise<T | undefined> {
    const accepted = this.#model.accepts(key, expect);
    const there = this.#model.get(key)?.version ?? 'absent';
    const why = `with expect ${expect}, where ${there} is there`;
    try {
      const result = await call();
      assert.ok(accepted, `${what} ${why}, must be CONFLICT, but resolved`);
      return result;
    } catch (error) {
      if (!isPersistError(error, 'CONFLICT')) throw error;
      assert.ok(!accepted, `${what} ${why}, must resolve, but was CONFLICT`);
      const told = error.currentVersion;
      assert.ok(told === undefined || told === there, `${what} ${why}, must not tell ${told} as the current version`);
      return undefined;
    }
  }

  #expectation<On extends Condition>(key: string, on: On): Version | 'absent' | undefined {
    if (on === 'anything') return undefined;
    if (on === 'absence') return 'absent';
    const older = this.#model.olderVersion(key);
    return on === 'the current version' ? (this.#model.get(key)?.version ?? older) : older;
  }

  #keyOf(key: string): string {
    return `${this.#space}/${key}`;
  }
}
