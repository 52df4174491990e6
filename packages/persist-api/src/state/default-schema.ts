import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { z } from 'zod';
import { containerState } from './container-state.js';
import { sandboxState } from './sandbox-state.js';

/**
 * What a store checks its states with by default: {@link sandboxState} and {@link containerState}, but
 * the outcome is the state itself. (The copy that zod makes would lack properties named `__proto__`,
 * and would turn a class instance into a plain object instead of having it refused.)
 */
export const defaultSchema = { sandbox: checkOnly(sandboxState), container: checkOnly(containerState) };

/** Without zod's code generation, which takes longer than what it saves in the first 10,000 checks. */
const parseOptions = { jitless: true };

function checkOnly<State>(schema: z.ZodType<State>): StandardSchemaV1<State> {
  return {
    '~standard': {
      version: 1,
      vendor: 'sandkeep',
      validate(value) {
        const result = schema.safeParse(value, parseOptions);
        return result.success ? { value: value as State } : { issues: result.error.issues };
      },
    },
  };
}
