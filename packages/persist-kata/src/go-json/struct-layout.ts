import { type GoLayout, isObject, LayoutIssue } from './layouts.js';

export interface GoField {
  readonly name: string;
  readonly goName: string;
  readonly layout: GoLayout;
  /** Whether Go leaves it out when it is `""`, 0, false, null or empty. */
  readonly omitEmpty: boolean;
}

/**
 * A Go struct. As Go's decoder does, it takes the name of a field in any case, and of a field that is
 * there twice the last one. Fields that it does not know keep their names.
 */
export class StructLayout implements GoLayout {
  readonly #byName: ReadonlyMap<string, GoField>;
  readonly #byFoldedGoName: ReadonlyMap<string, GoField>;

  constructor(fields: readonly GoField[]) {
    this.#byName = new Map(fields.map((field) => [field.name, field]));
    this.#byFoldedGoName = new Map(fields.map((field) => [fold(field.goName), field]));
  }

  fromGo(value: unknown, path: readonly PropertyKey[] = []): unknown {
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([goName, item]) => {
        const field = this.#byFoldedGoName.get(fold(goName));
        if (field !== undefined) return [field.name, field.layout.fromGo(item, [...path, goName])];
        const taken = this.#byName.get(goName);
        if (taken !== undefined) throw new LayoutIssue([...path, goName], `expected the name ${taken.goName}`);
        return [goName, item];
      }),
    );
  }

  toGo(value: unknown, path: readonly PropertyKey[] = []): unknown {
    if (!isObject(value)) return value;
    const fields = new Map<string, unknown>();
    for (const [name, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const field = this.#byName.get(name);
      if (field === undefined) {
        const misread = this.#byFoldedGoName.get(fold(name));
        if (misread !== undefined) throw new LayoutIssue([...path, name], `expected the name ${misread.name}`);
        fields.set(name, item);
      } else if (!field.omitEmpty || !isEmpty(item)) {
        fields.set(field.goName, field.layout.toGo(item, [...path, name]));
      }
    }
    return fields;
  }

  goPath([name, ...rest]: readonly PropertyKey[]): readonly PropertyKey[] {
    if (name === undefined) return [];
    const field = this.#byName.get(String(name));
    return field === undefined ? [name, ...rest] : [field.goName, ...field.layout.goPath(rest)];
  }
}

/** Names that Go's decoder takes for the same; it also takes the long s and the Kelvin sign for letters. */
function fold(name: string): string {
  return name.replaceAll('\u017f', 's').toLowerCase();
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length === 0 : !value;
}
