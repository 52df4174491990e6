import { type GoLayout, isObject } from './layouts.js';

/** A value with its type: `{ type, data }` here, `{"Type","Data"}` in Go. The data of an unknown type is `raw` here. */
export class TypedLayout implements GoLayout {
  readonly #types: ReadonlyMap<string, GoLayout>;

  /** @param types the layout of the data of each known type */
  constructor(types: ReadonlyMap<string, GoLayout>) {
    this.#types = types;
  }

  fromGo(value: unknown, path: readonly PropertyKey[] = []): unknown {
    if (!isObject(value)) return value;
    const { Type: type, Data: data = null, ...others } = value;
    const layout = this.#types.get(type as string);
    if (layout === undefined) return { type, raw: data, ...others };
    return { type, data: layout.fromGo(data, [...path, 'Data']), ...others };
  }

  toGo(value: unknown, path: readonly PropertyKey[] = []): unknown {
    if (!isObject(value)) return value;
    const { type, data, raw, ...others } = value;
    const layout = this.#types.get(type as string);
    const written = layout === undefined ? raw : layout.toGo(data, [...path, 'data']);
    return new Map([['Type', type], ['Data', written], ...Object.entries(others)]);
  }

  goPath([field, ...rest]: readonly PropertyKey[]): readonly PropertyKey[] {
    if (field === undefined) return [];
    if (field === 'type') return ['Type', ...rest];
    if (field === 'raw') return ['Data', ...rest];
    return field === 'data' ? ['Data', ...this.#dataPath(rest)] : [field, ...rest];
  }

  /** By the names of the first type that has such a field: what types have in common, all of them name alike. */
  #dataPath(path: readonly PropertyKey[]): readonly PropertyKey[] {
    const paths = [...this.#types.values()].map((layout) => layout.goPath(path));
    return paths.find(([name]) => name !== path[0]) ?? path;
  }
}
