/** A value, or a name in it, that has no counterpart on the other side: an issue in the sense of Standard Schema. */
export class LayoutIssue extends Error {
  constructor(
    /** Where it is, by the names of the side that it comes from. */
    readonly path: readonly PropertyKey[],
    message: string,
  ) {
    super(message);
  }
}

/**
 * How a value is laid out in Go's JSON. Neither direction checks anything but names: a value that is not
 * of the expected form is handed on as it is, for the schema to judge.
 */
export interface GoLayout {
  /** The value under our names. @throws LayoutIssue */
  fromGo(value: unknown, path?: readonly PropertyKey[]): unknown;
  /**
   * The value under Go's names, with a `Map` in place of every struct and map, as its keys have an order
   * that an object would not keep. @throws LayoutIssue
   */
  toGo(value: unknown, path?: readonly PropertyKey[]): unknown;
  /** A path by our names as one by Go's. */
  goPath(path: readonly PropertyKey[]): readonly PropertyKey[];
}

/** Values without names: what is said of them is the same on both sides. */
export const plainLayout: GoLayout = {
  fromGo: (value) => value,
  toGo: (value) => value,
  goPath: (path) => path,
};

/** A Go slice. */
export class ListLayout implements GoLayout {
  constructor(readonly item: GoLayout) {}

  fromGo(value: unknown, path: readonly PropertyKey[] = []): unknown {
    return Array.isArray(value) ? value.map((item, index) => this.item.fromGo(item, [...path, index])) : value;
  }

  toGo(value: unknown, path: readonly PropertyKey[] = []): unknown {
    return Array.isArray(value) ? value.map((item, index) => this.item.toGo(item, [...path, index])) : value;
  }

  goPath([index, ...rest]: readonly PropertyKey[]): readonly PropertyKey[] {
    return index === undefined ? [] : [index, ...this.item.goPath(rest)];
  }
}

/** A Go map: its keys are data. Go sorts them by their bytes. */
export class MapLayout implements GoLayout {
  constructor(readonly value: GoLayout) {}

  fromGo(value: unknown, path: readonly PropertyKey[] = []): unknown {
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.value.fromGo(item, [...path, key])]),
    );
  }

  toGo(value: unknown, path: readonly PropertyKey[] = []): unknown {
    if (!isObject(value)) return value;
    const sorted = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return new Map(sorted.map(([key, item]) => [key, this.value.toGo(item, [...path, key])]));
  }

  goPath([key, ...rest]: readonly PropertyKey[]): readonly PropertyKey[] {
    return key === undefined ? [] : [key, ...this.value.goPath(rest)];
  }
}

/** A Go float: Go writes a large one without an exponent, as if it were an integer. */
export class FloatLayout implements GoLayout {
  fromGo(value: unknown): unknown {
    return typeof value === 'bigint' ? Number(value) : value;
  }

  toGo(value: unknown): unknown {
    return value;
  }

  goPath(path: readonly PropertyKey[]): readonly PropertyKey[] {
    return path;
  }
}

/** A value whose form has changed between versions: a list in some, a struct in others. */
export class EitherLayout implements GoLayout {
  constructor(
    readonly list: GoLayout,
    readonly struct: GoLayout,
  ) {}

  fromGo(value: unknown, path: readonly PropertyKey[] = []): unknown {
    return (Array.isArray(value) ? this.list : this.struct).fromGo(value, path);
  }

  toGo(value: unknown, path: readonly PropertyKey[] = []): unknown {
    return (Array.isArray(value) ? this.list : this.struct).toGo(value, path);
  }

  goPath(path: readonly PropertyKey[]): readonly PropertyKey[] {
    return (typeof path[0] === 'number' ? this.list : this.struct).goPath(path);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
