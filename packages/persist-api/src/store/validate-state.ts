import { types } from 'node:util';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describeValue } from '../driver/invalid-argument.js';
import type { PersistError } from '../persist-error.js';
import { formatPath } from './json-path.js';
import type { StateSchema } from './store-options.js';

/** A sandbox and its containers by id, whatever they look like. */
export interface UntypedState {
  readonly sandbox: unknown;
  readonly containers: ReadonlyMap<string, unknown>;
}

type Result = StandardSchemaV1.Result<unknown>;

/**
 * The outputs of the schemas; at once, unless a schema is asynchronous.
 * @param refuse makes the error for a value that its schema does not accept
 */
export function validateState(
  schema: StateSchema,
  { sandbox, containers }: UntypedState,
  refuse: (problem: string) => PersistError,
): UntypedState | Promise<UntypedState> {
  const ids = [...containers.keys()];
  const inputs = [sandbox, ...containers.values()];
  const results = inputs.map((input, index) =>
    (index === 0 ? schema.sandbox : schema.container)['~standard'].validate(input),
  );
  const settle = (settled: readonly Result[]): UntypedState => {
    const [sandboxOutput, ...outputs] = settled.map((result, index) => {
      if (!result.issues && result.value !== undefined) return result.value;
      const path = index === 0 ? ['sandbox'] : ['containers', ids[index - 1] as string];
      throw refuse(describeIssues(result.issues ?? [], inputs[index], path));
    });
    return {
      sandbox: sandboxOutput,
      containers: new Map(outputs.map((output, index) => [ids[index] as string, output])),
    };
  };
  return results.some(types.isPromise) ? Promise.all(results).then(settle) : settle(results as Result[]);
}

/**
 * The first issue, with the value that it is about, and how many more there are.
 * @param path where `input` is, for the message
 */
export function describeIssues(
  issues: readonly StandardSchemaV1.Issue[],
  input: unknown,
  path: readonly PropertyKey[] = [],
): string {
  const [issue, ...others] = issues;
  const keys = issue?.path?.map((segment) => (typeof segment === 'object' ? segment.key : segment)) ?? [];
  const value = keys.reduce<unknown>((parent, key) => (parent as Record<PropertyKey, unknown> | null)?.[key], input);
  const message = issue?.message ?? 'expected a state';
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${formatPath([...path, ...keys])} ${describeValue(value)} is not valid: ${message}${more}`;
}
