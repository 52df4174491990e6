import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { PersistDriver, Version } from '@sandkeep/persist-api';
import { numberIn } from './numbered-document.js';

/** Reads a numbered document over and over, and fails the case when what it sees is torn or goes back. */
export class MonotonicReader {
  /** How many different documents it has seen. */
  seen = 0;
  readonly #driver: PersistDriver;
  readonly #key: string;
  #n = 0;
  #version: Version | undefined;

  constructor(driver: PersistDriver, key: string) {
    this.#driver = driver;
    this.#key = key;
  }

  async readUntil(ended: () => boolean): Promise<void> {
    do {
      await this.read();
      await turn();
    } while (!ended());
  }

  async read(): Promise<void> {
    const document = await this.#driver.read(this.#key);
    const n = numberIn(document, this.#key);
    assert.ok(n >= this.#n, `read("${this.#key}") gave number ${n} after number ${this.#n}: an older document`);
    const sameVersion = document?.version === this.#version;
    assert.equal(
      n === this.#n,
      sameVersion,
      `read("${this.#key}") gave number ${n} as version ${document?.version} after number ${this.#n} as version ${this.#version}`,
    );
    if (!sameVersion) this.seen += 1;
    this.#n = n;
    this.#version = document?.version;
  }
}
