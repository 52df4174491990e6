import { driver as fs } from '@sandkeep/persist-fs';
import { driver as lmdb } from '@sandkeep/persist-lmdb';
import { driver as redis } from '@sandkeep/persist-redis';
import { driver as s3 } from '@sandkeep/persist-s3';
import { z } from 'zod';
import { atRestOptionsSchema } from '../../packages/persist-api/src/config/at-rest-options.js';
import { memoryModule } from '../../packages/persist-api/src/config/memory-module.js';
import { type OptionText, optionTexts } from './option-texts.js';

/** A schema of JSON Schema, as far as these options need it. */
export interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  required?: string[];
  enum?: string[];
  minimum?: number;
  maximum?: number;
  additionalProperties?: boolean;
  default?: unknown;
  [keyword: string]: unknown;
}

/** The options of one driver, described. */
export interface DescribedOptions {
  readonly name: string;
  readonly schema: JsonSchema & { readonly properties: Record<string, JsonSchema> };
  readonly texts: ReadonlyMap<string, OptionText>;
}

const sources: readonly [name: string, schema: z.ZodType, source: string][] = [
  ['fs', fs.configSchema, 'persist-fs/src/config.ts'],
  ['lmdb', lmdb.configSchema, 'persist-api/src/directory/directory-driver.ts'],
  ['redis', redis.configSchema, 'persist-redis/src/config.ts'],
  ['s3', s3.configSchema, 'persist-s3/src/config.ts'],
  ['memory', memoryModule.configSchema, 'persist-api/src/config/memory-module.ts'],
];

export const describedDrivers: readonly DescribedOptions[] = sources.map(describe);
export const describedAtRest = describe([
  'Every driver',
  atRestOptionsSchema,
  'persist-api/src/config/at-rest-options.ts',
]);

/** @throws if an option has no docstring */
function describe([name, schema, source]: (typeof sources)[number]): DescribedOptions {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' });
  const texts = optionTexts(new URL(`../../packages/${source}`, import.meta.url));
  const described = withTexts(json as JsonSchema, texts);
  const { properties = {} } = described;
  for (const [option, { description }] of Object.entries(properties)) {
    if (description === undefined) throw new Error(`${source}: the option ${option} has no docstring`);
  }
  return { name, schema: { ...described, properties }, texts };
}

/** The schema with the docstrings of its properties, also of those that are nested; what JSON cannot hold is left out. */
function withTexts(schema: JsonSchema, texts: ReadonlyMap<string, OptionText>): JsonSchema {
  const { properties, items, anyOf } = schema;
  const described = Object.entries(properties ?? {})
    .filter(([name]) => name !== 'client')
    .map(([name, property]) => {
      const text = texts.get(name)?.description;
      const typed = name === 'key' ? { type: 'string' } : withTexts(property, texts);
      return [name, { ...(text && { description: text }), ...typed }];
    });
  return {
    ...schema,
    ...(properties && { properties: Object.fromEntries(described) }),
    ...(items && { items: withTexts(items, texts) }),
    ...(anyOf && { anyOf: anyOf.map((option) => withTexts(option, texts)) }),
  };
}
