import * as fc from 'fast-check';

/** How many instances take the commands. */
export const instanceCount = 3;
/** Few keys, so that commands meet, and such that each is a prefix or a neighbour of another. */
export const modelKeys = ['a', 'a-b', 'a/b', 'a/b/c', 'ab'] as const;

/**
 * One call of one instance. What a condition expects is told by what the model knows when its turn
 * comes, so that any part of a sequence is a sequence, too, as shrinking needs it.
 */
export type Command = { readonly instance: number } & (
  | { readonly type: 'read'; readonly key: string }
  | { readonly type: 'write'; readonly key: string; readonly size: number; readonly on: Condition }
  | { readonly type: 'remove'; readonly key: string; readonly on: Exclude<Condition, 'absence'> }
  | { readonly type: 'list'; readonly prefix: string; readonly after: string | undefined }
  | { readonly type: 'reopen' }
);

/** What a write or removal asks for: whatever is there, nothing there, the current version, or one before it. */
export type Condition = 'anything' | 'absence' | 'the current version' | 'an older version';

const instance = fc.nat({ max: instanceCount - 1 });
const key = fc.constantFrom(...modelKeys);
const size = fc.constantFrom(0, 1, 5000);

/** Any command; writes are the most frequent. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('write' as const),
      instance,
      key,
      size,
      on: fc.constantFrom<Condition>('anything', 'absence', 'the current version', 'an older version'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('read' as const), instance, key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('remove' as const),
      instance,
      key,
      on: fc.constantFrom<Exclude<Condition, 'absence'>>('anything', 'the current version', 'an older version'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('list' as const),
      instance,
      prefix: fc.constantFrom('', 'a', 'a/b'),
      after: fc.option(key, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('reopen' as const), instance }) },
);

/** `instance 1: write "a" (5000 bytes) on the current version` */
export function describeCommand(command: Command): string {
  const what = {
    read: ({ key }) => `read "${key}"`,
    write: ({ key, size, on }) => `write "${key}" (${size} bytes) on ${on}`,
    remove: ({ key, on }) => `remove "${key}" on ${on}`,
    list: ({ prefix, after }) => `list "${prefix}"${after === undefined ? '' : ` after "${after}"`}`,
    reopen: () => 'close, and open again',
  } satisfies { [Type in Command['type']]: (command: Extract<Command, { type: Type }>) => string };
  return `instance ${command.instance}: ${what[command.type](command as never)}`;
}
