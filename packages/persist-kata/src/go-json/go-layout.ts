import { pciPath } from '@sandkeep/persist-api';
import type { z } from 'zod';
import { type GoConvention, goFieldName, goNamings } from './go-naming.js';
import { EitherLayout, FloatLayout, type GoLayout, ListLayout, MapLayout, plainLayout } from './layouts.js';
import { pciPathLayout } from './pci-path-layout.js';
import { type GoField, StructLayout } from './struct-layout.js';
import { TypedLayout } from './typed-layout.js';
import { typesOf } from './typed-value.js';

type Schema = z.core.$ZodType;
type Def = z.core.$ZodTypes['_zod']['def'];

/** How the values of a schema are laid out in Go's JSON: which of its objects are structs, with which names. */
export function goLayoutOf(schema: Schema, convention: GoConvention = 'pascal'): GoLayout {
  if (schema === pciPath) return pciPathLayout;
  const types = typesOf(schema);
  if (types !== undefined) {
    return new TypedLayout(new Map(Object.entries(types).map(([type, data]) => [type, goLayoutOf(data)])));
  }
  const def = schema._zod.def as Def;
  switch (def.type) {
    case 'optional':
    case 'nullable':
      return goLayoutOf(def.innerType, convention);
    case 'array':
      return new ListLayout(goLayoutOf(def.element, convention));
    case 'record':
      return new MapLayout(goLayoutOf(def.valueType, convention));
    case 'number':
      return new FloatLayout();
    case 'union': {
      const options = def.options.map((option) => goLayoutOf(option, convention));
      return new EitherLayout(
        options.find((option) => option instanceof ListLayout) ?? plainLayout,
        options.find((option) => option instanceof StructLayout) ?? plainLayout,
      );
    }
    case 'object':
      return structLayoutOf(schema, def.shape, convention);
    default:
      return plainLayout;
  }
}

function structLayoutOf(
  schema: Schema,
  shape: Readonly<Record<string, Schema>>,
  inherited: GoConvention,
): StructLayout {
  const { convention = inherited, names = {}, omitEmpty = [] } = goNamings.get(schema) ?? {};
  const fields = Object.entries(shape).map(([name, field]): GoField => {
    const goName = Object.hasOwn(names, name) ? (names[name] as string) : goFieldName(name, convention);
    return { name, goName, layout: goLayoutOf(field, convention), omitEmpty: omitEmpty.includes(name) };
  });
  return new StructLayout(fields);
}
