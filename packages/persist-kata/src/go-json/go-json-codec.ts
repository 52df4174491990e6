import { checkOnly, describeIssues, encodeJson, PersistError, type StandardSchemaV1 } from '@sandkeep/persist-api';
import type { z } from 'zod';
import { formatGoJson } from './format-go-json.js';
import { goLayoutOf } from './go-layout.js';
import { type GoLayout, LayoutIssue } from './layouts.js';
import { parseGoJson } from './parse-go-json.js';

/** Turns values of a schema, under our names, into the JSON of Go's encoder, and back. */
export class GoJsonCodec<Value> {
  /** Checks a value as {@link encode} does: what it accepts can be written, and is read back the same. */
  readonly schema: StandardSchemaV1<Value>;
  readonly #layout: GoLayout;
  readonly #check: StandardSchemaV1<Value>;

  constructor(schema: z.ZodType<Value>) {
    this.#layout = goLayoutOf(schema);
    this.#check = checkOnly<Value>(schema);
    this.schema = {
      '~standard': { version: 1, vendor: 'sandkeep', validate: (value) => this.#validate(value) },
    };
  }

  /**
   * @param source what the JSON is, for the message
   * @throws `CORRUPT` that names the source and the position, or the field, its value and what was expected
   */
  decode(json: string | Uint8Array, source = 'the JSON text'): Value {
    return this.fromGo(parseGoJson(json, source), source);
  }

  /** As {@link decode}, of a value that was parsed already, with exact integers. */
  fromGo(parsed: unknown, source = 'the JSON text'): Value {
    const corrupt = (issues: readonly StandardSchemaV1.Issue[]) =>
      new PersistError('CORRUPT', `${source} is damaged: ${describeIssues(issues, parsed)}`);
    const value = orIssue(() => this.#layout.fromGo(parsed));
    if (value instanceof LayoutIssue) throw corrupt([value]);
    const { issues } = this.#check['~standard'].validate(value) as StandardSchemaV1.Result<Value>;
    if (issues === undefined) return value as Value;
    throw corrupt(issues.map((issue) => ({ ...issue, path: this.#layout.goPath(keysOf(issue)) })));
  }

  /** One line, without a newline. @throws `INVALID_ARGUMENT` that names the field, its value and what was expected */
  encode(value: Value): string {
    return formatGoJson(this.toGo(value));
  }

  /** As {@link encode}, but what is to be formatted as JSON, with a `Map` in place of every struct and map. */
  toGo(value: Value): unknown {
    encodeJson(value); // refuses what is no plain data
    const { issues } = this.#validate(value);
    if (issues !== undefined) throw new PersistError('INVALID_ARGUMENT', describeIssues(issues, value));
    return this.#layout.toGo(value);
  }

  #validate(value: unknown): StandardSchemaV1.Result<Value> {
    const result = this.#check['~standard'].validate(value) as StandardSchemaV1.Result<Value>;
    if (result.issues !== undefined) return result;
    const issue = orIssue(() => this.#layout.toGo(value));
    return issue instanceof LayoutIssue ? { issues: [issue] } : result;
  }
}

function orIssue<T>(run: () => T): T | LayoutIssue {
  try {
    return run();
  } catch (error) {
    if (error instanceof LayoutIssue) return error;
    throw error;
  }
}

function keysOf({ path = [] }: StandardSchemaV1.Issue): PropertyKey[] {
  return path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
}
