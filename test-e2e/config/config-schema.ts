import { describedAtRest, describedDrivers, type JsonSchema } from './described-drivers.js';

const ofEveryDriver: Record<string, JsonSchema> = {
  $schema: { description: 'Where this schema is, for editors.', type: 'string' },
  ...describedAtRest.schema.properties,
};
const references = Object.fromEntries(
  Object.keys(ofEveryDriver).map((name) => [name, { $ref: `#/definitions/option-${name}` }]),
);

const driver: JsonSchema = {
  description: 'The name of a driver, the name of an npm package that exports one, or the path of such a module.',
  anyOf: [{ enum: describedDrivers.map(({ name }) => name) }, { type: 'string', minLength: 1 }],
};

/** The JSON Schema of `sandkeep.config.json`, and of the key `"sandkeep"` of a package.json. */
export const configSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'The configuration of Sandkeep',
  anyOf: [
    {
      description: 'The URL of a store, such as file:///var/lib/sandkeep.',
      type: 'string',
      pattern: '^[A-Za-z][A-Za-z0-9+.-]+:',
    },
    {
      type: 'object',
      properties: { driver, ...references },
      required: ['driver'],
      allOf: describedDrivers.map(({ name }) => ({
        if: { properties: { driver: { const: name } }, required: ['driver'] },
        then: { $ref: `#/definitions/${name}` },
      })),
    },
  ],
  definitions: Object.fromEntries([
    ...describedDrivers.map(({ name, schema }) => [
      name,
      {
        ...schema,
        properties: { driver: { const: name }, ...schema.properties, ...references },
        required: ['driver', ...(schema.required ?? [])],
      },
    ]),
    ...Object.entries(ofEveryDriver).map(([name, schema]) => [`option-${name}`, schema]),
  ]),
};
