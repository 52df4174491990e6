interface WithMiddleware {
  readonly middlewareStack: {
    add(middleware: never, options: { step: 'deserialize'; name: string; priority: 'low' }): void;
  };
}

type Handler = (args: unknown) => Promise<{ response: unknown }>;

/**
 * A command, and what the server's clock said when it answered it: in milliseconds since 1970, whole seconds
 * rounded down. It is 0 before the answer, and if the server does not tell.
 */
export function withResponseDate<C extends WithMiddleware>(command: C): [command: C, date: () => number] {
  let date = 0;
  const middleware = (next: Handler) => async (args: unknown) => {
    const result = await next(args);
    const { headers } = result.response as { headers?: Record<string, string> };
    date = Date.parse(headers?.date ?? '') || 0;
    return result;
  };
  command.middlewareStack.add(middleware as never, { step: 'deserialize', name: 'sandkeepDate', priority: 'low' });
  return [command, () => date];
}
