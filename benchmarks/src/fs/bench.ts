import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type PersistDriver, SandboxStore } from '@sandkeep/persist-api';
import { openFsDriver } from '@sandkeep/persist-fs';
import { sampleState } from '../workload/sample.js';
import { BareFiles } from './bare-calls.js';
import { BareProtocol } from './bare-protocol.js';
import type { Place } from './place.js';

/** A store in a fresh directory, the bare calls beside it, and room for peers. */
export class FsBench implements AsyncDisposable {
  readonly driver: PersistDriver;
  readonly store: SandboxStore;
  readonly bare: BareFiles;
  readonly protocol: BareProtocol;
  readonly directory: string;
  readonly peers: string;
  /** Has the file system write back what is left to be written. */
  readonly settle = () => void execFileSync('sync', ['-f', this.directory]);
  readonly #close: () => void;

  private constructor(driver: PersistDriver, directory: string, inMemory: boolean, close: () => void) {
    this.driver = driver;
    this.store = new SandboxStore(driver);
    this.bare = new BareFiles(join(directory, 'bare'));
    this.protocol = new BareProtocol(join(directory, 'protocol'), !inMemory);
    this.directory = directory;
    this.peers = join(directory, 'peers');
    this.#close = close;
  }

  static async open(place: Place): Promise<FsBench> {
    const { directory, close } = place.open();
    for (const name of ['root', 'bare', 'peers']) mkdirSync(join(directory, name));
    return new FsBench(await openFsDriver({ root: join(directory, 'root') }), directory, place.inMemory, close);
  }

  /** The bytes of a sandbox as the store encodes it. */
  async bytesOf(containers: number): Promise<Uint8Array> {
    await this.store.save('bytes', sampleState(containers));
    return (await this.driver.read('default/sandboxes/bytes'))?.data ?? new Uint8Array();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.driver.close();
    this.#close();
  }
}
