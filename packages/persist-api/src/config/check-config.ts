import type { z } from 'zod';
import type { $ZodType, $ZodTypes } from 'zod/v4/core';
import type { DriverModule } from '../driver/driver-module.js';
import { PersistError } from '../persist-error.js';
import { describeField } from './secrets.js';
import { suggest } from './suggest.js';

/**
 * Checks the options of a driver with its own schema.
 * @param options the options, without `driver`
 * @param query options that came as the query parameters of a URL; where the schema asks for a boolean or
 * a number at the top level, `true`, `false` and decimal numbers are turned into that
 * @param others options that the caller takes itself, for the suggestions
 * @returns what the schema gives, defaults included
 * @throws `INVALID_ARGUMENT`, one error that names every unknown option with the nearest known one, and
 * every wrong one with its value (never that of a secret) and what was expected
 */
export function checkConfig<Config>(
  { name, configSchema }: Pick<DriverModule<Config>, 'name' | 'configSchema'>,
  options: Record<string, unknown>,
  query: Readonly<Record<string, string>> = {},
  others: readonly string[] = [],
): Config {
  const twice = Object.keys(query).filter((key) => Object.hasOwn(options, key));
  if (twice.length > 0) {
    throw invalid(name, [`query parameter ${twice.join(', ')} is given by the rest of the URL already`]);
  }
  const given: Record<string, unknown> = { ...options, ...query };
  const first = configSchema.safeParse(given);
  const result = first.success ? first : configSchema.safeParse(coerce(given, query, first.error.issues));
  if (result.success) return result.data;
  const isQuery = Object.keys(query).length > 0;
  const topLevel = Object.entries(knownOptions(configSchema))
    .filter(([option, schema]) => !isQuery || (fitsQuery(schema) && !Object.hasOwn(options, option)))
    .map(([option]) => option);
  const known = (path: readonly PropertyKey[]) =>
    path.length === 0 ? [...topLevel, ...others] : Object.keys(knownOptions(schemaAt(configSchema, path)));
  const reasons = result.error.issues.flatMap((issue) => {
    const label = (key: unknown) => (Object.hasOwn(query, String(key)) ? 'query parameter' : 'option');
    return describeIssue(issue, given, known, label);
  });
  throw invalid(name, reasons);
}

function coerce(given: Record<string, unknown>, query: Readonly<Record<string, string>>, issues: z.core.$ZodIssue[]) {
  const coerced = { ...given };
  for (const issue of issues) {
    const [key] = issue.path;
    if (issue.code !== 'invalid_type' || issue.path.length !== 1 || typeof key !== 'string') continue;
    const text = query[key] ?? '';
    if (issue.expected === 'boolean' && /^(true|false)$/.test(text)) coerced[key] = text === 'true';
    if (/^(number|int)$/.test(issue.expected) && /^-?\d+(\.\d+)?$/.test(text)) coerced[key] = Number(text);
  }
  return coerced;
}

function describeIssue(
  issue: z.core.$ZodIssue,
  given: Record<string, unknown>,
  known: (path: readonly PropertyKey[]) => readonly string[],
  label: (key: unknown) => string,
): string[] {
  if (issue.code === 'unrecognized_keys') {
    const nested = issue.path.map((part) => `${String(part)}.`).join('');
    return issue.keys.map(
      (key) => `unknown ${label(issue.path[0] ?? key)} "${nested}${key}" (${suggest(key, known(issue.path))})`,
    );
  }
  const expected = issue.message.replace(/^Invalid [a-z]+: /, '').replace(/, received .*$/, '');
  const value = issue.path.reduce<unknown>((outer, part) => Object(outer)[part], given);
  const field = issue.path.join('.');
  if (issue.path.length === 0) return [expected];
  if (value === undefined) return [`option "${field}" is missing: ${expected}`];
  return [`${label(issue.path[0])} "${field}" ${describeField(issue.path, value)} is not valid: ${expected}`];
}

/** The schema of what is at a path. */
function schemaAt(schema: $ZodType, [part, ...rest]: readonly PropertyKey[]): $ZodType | undefined {
  if (part === undefined) return schema;
  const { def } = (schema as $ZodTypes)._zod;
  if ('innerType' in def) return schemaAt(def.innerType, [part, ...rest]);
  const inner = def.type === 'array' ? def.element : knownOptions(schema)[String(part)];
  return inner && schemaAt(inner, rest);
}

/** The options that a schema knows at the top level. */
function knownOptions(schema: $ZodType | undefined): Record<string, $ZodType> {
  if (schema === undefined) return {};
  const { def } = (schema as $ZodTypes)._zod;
  if ('innerType' in def) return knownOptions(def.innerType);
  if (def.type === 'object') return def.shape;
  if (def.type === 'pipe') return knownOptions(def.in);
  if (def.type === 'union') return Object.assign({}, ...def.options.map(knownOptions));
  return {};
}

/** Whether a query parameter, which is one text, can give such an option. */
function fitsQuery(schema: $ZodType): boolean {
  const { def } = (schema as $ZodTypes)._zod;
  if ('innerType' in def) return fitsQuery(def.innerType);
  return !['object', 'array', 'record', 'tuple', 'custom'].includes(def.type);
}

function invalid(name: string, reasons: readonly string[]): PersistError {
  return new PersistError('INVALID_ARGUMENT', `the configuration of the ${name} driver: ${reasons.join('; ')}`, {
    driver: name,
    operation: 'open',
  });
}
