/**
 * The JSON text that Go's encoder makes of a value: no spaces, and `<`, `>`, `&`, the
 * line separators and every control character but those of `\\n`, `\\r` and `\\t` escaped as \\u00XX. A `Map` is written in its order; an object, in its own.
 * @param value plain data, or a `Map` with string keys in place of any object
 */
export function formatGoJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatGoJson).join()}]`;
  if (value instanceof Map) return formatObject([...value]);
  if (typeof value === 'object' && value !== null) return formatObject(Object.entries(value));
  if (typeof value === 'bigint') return String(value);
  // an integer beyond 2^53 that is no bigint came from a float; its exponent keeps it one
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return (value as number).toExponential();
  return typeof value === 'string' ? formatText(value) : JSON.stringify(value);
}

function formatObject(entries: readonly [string, unknown][]): string {
  const fields = entries.filter(([, value]) => value !== undefined);
  return `{${fields.map(([key, value]) => `${formatText(key)}:${formatGoJson(value)}`).join()}}`;
}

function formatText(text: string): string {
  return JSON.stringify(text).replace(/\\.|[<>&\u2028\u2029]/g, (part) => {
    if (part === '\\b') return '\\u0008';
    if (part === '\\f') return '\\u000c';
    return part.startsWith('\\') ? part : `\\u${part.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
