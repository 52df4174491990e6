import { GoJsonCodec } from '../go-json/go-json-codec.js';
import type { ItemSchemas } from '../items/item-schemas.js';
import type { DataItem } from '../items/kata-item.js';

/** Turns the data of items into Kata's JSON, and back. */
export class ItemCodecs {
  readonly #schemas: ItemSchemas;
  readonly #codecs = new Map<DataItem, GoJsonCodec<unknown>>();

  constructor(schemas: ItemSchemas) {
    this.#schemas = schemas;
  }

  /** @throws `INVALID_ARGUMENT` that names the field, its value and what was expected */
  encode(item: DataItem, data: unknown): Buffer {
    return Buffer.from(this.#codec(item).encode(data));
  }

  /**
   * @param source where the data is from, for the message
   * @throws `CORRUPT` that names the source and the position, or the field, its value and what was expected
   */
  decode(item: DataItem, source: string, data: Uint8Array): unknown {
    return this.#codec(item).decode(data, source);
  }

  #codec(item: DataItem): GoJsonCodec<unknown> {
    const codec = this.#codecs.get(item) ?? new GoJsonCodec(this.#schemas[item]);
    this.#codecs.set(item, codec);
    return codec;
  }
}
