import { z } from 'zod';

/** The schemas of the data of each type that is known, by the type's name in Kata's JSON. */
export type Types = Readonly<Record<string, z.ZodType>>;

/** A value of a known type. */
export type KnownValue<Known extends Types> = {
  [Type in keyof Known & string]: { type: Type; data: z.infer<Known[Type]>; raw?: undefined };
}[keyof Known & string];

/** A value of a type that nobody has told us of: its JSON, kept as it was found, with Kata's names. */
export interface UnknownValue {
  type: string;
  data?: undefined;
  raw: unknown;
}

/** What Kata writes as `{ "Type", "Data" }`, where the type says what the data is. */
export type TypedValue<Known extends Types> = KnownValue<Known> | UnknownValue;

const typesOfSchemas = new WeakMap<z.core.$ZodType, Types>();

/** The known types of a schema that {@link typedValue} made; undefined for any other. */
export function typesOf(schema: z.core.$ZodType): Types | undefined {
  return typesOfSchemas.get(schema);
}

/** The schema of a value that is one of the known types, or of an unknown one and kept as it is. */
export function typedValue<Known extends Types>(types: Known): z.ZodType<TypedValue<Known>> {
  const known = Object.keys(types).join(', ');
  const schema = z.looseObject({ type: z.string().min(1, 'expected a type') }).check(({ value, issues }) => {
    const refuse = (field: string, message: string) =>
      issues.push({ code: 'custom', path: [field], input: value[field], message });
    const { type, data, raw } = value;
    if (!Object.hasOwn(types, type)) {
      if (raw === undefined) refuse('raw', `expected the JSON of the unknown type "${type}" (known: ${known})`);
      if (data !== undefined) refuse('data', `expected raw instead for the unknown type "${type}" (known: ${known})`);
      return;
    }
    if (raw !== undefined) refuse('raw', `expected data instead for the known type "${type}"`);
    const result = (types[type] as z.ZodType).safeParse(data, { jitless: true });
    for (const issue of result.error?.issues ?? []) {
      issues.push({ code: 'custom', path: ['data', ...issue.path], input: issue.input, message: issue.message });
    }
  });
  typesOfSchemas.set(schema, types);
  return schema as unknown as z.ZodType<TypedValue<Known>>;
}
