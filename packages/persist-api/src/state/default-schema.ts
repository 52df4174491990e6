import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { z } from 'zod';
import { type ContainerState, containerState } from './container-state.js';
import { type SandboxState, sandboxState } from './sandbox-state.js';

/** The types of a {@link SandboxStore} without schemas of its own. */
export interface DefaultStateSchema {
  readonly sandbox: StandardSchemaV1<SandboxState>;
  readonly container: StandardSchemaV1<ContainerState>;
}

const checkOnlySchemas = new WeakSet<StandardSchemaV1>();

/**
 * What a store checks its states with by default: {@link sandboxState} and {@link containerState}, but
 * the outcome is the state itself. (The copy that zod makes would lack properties named `__proto__`,
 * and would turn a class instance into a plain object instead of having it refused.)
 */
export const defaultSchema: DefaultStateSchema = {
  sandbox: checkOnly<SandboxState>(sandboxState),
  container: checkOnly<ContainerState>(containerState),
};

/**
 * How many checks a schema does before zod may generate code for it. That takes about 20 ms, once, and
 * then saves two thirds of each check: worth it for a supervisor, but not for a short command.
 */
const checksBeforeCodeGeneration = 200;

/** A schema whose outcome is the value itself, which it only checks. */
export function checkOnly<State>(schema: z.ZodType): StandardSchemaV1<State> {
  let checks = 0;
  const checking: StandardSchemaV1<State> = {
    '~standard': {
      version: 1,
      vendor: 'sandkeep',
      validate(value) {
        checks += 1;
        const result = schema.safeParse(value, { jitless: checks <= checksBeforeCodeGeneration });
        return result.success ? { value: value as State } : { issues: result.error.issues };
      },
    },
  };
  checkOnlySchemas.add(checking);
  return checking;
}

/** Whether {@link checkOnly} made it: the outcome is the value itself, at once, and the same every time. */
export function isCheckOnly(schema: StandardSchemaV1): boolean {
  return checkOnlySchemas.has(schema);
}
