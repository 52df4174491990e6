import { PersistError } from '../persist-error.js';
import { redactUrl } from './secrets.js';

/** The parts of a driver's URL. */
export interface DriverUrl {
  /** Lower case, without the colon. */
  readonly scheme: string;
  /** The URL without its query. */
  readonly base: string;
  /** The query parameters, decoded; no name occurs twice. */
  readonly query: Readonly<Record<string, string>>;
}

/**
 * Splits a driver's URL. Only the driver understands the part between scheme and query: a list of hosts,
 * for example, is no valid URL to `new URL()`.
 * @throws `INVALID_ARGUMENT` for anything without a scheme, with a fragment, or with a malformed or
 * repeated query parameter
 */
export function parseDriverUrl(url: string): DriverUrl {
  // A scheme of one letter would be a drive of Windows.
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(url) ?? [];
  if (scheme === undefined) {
    throw invalid(url, 'expected a URL with a scheme, such as file:///var/lib/sandkeep or redis://localhost:6379');
  }
  if (rest.includes('#')) throw invalid(url, 'it has a fragment: write "#" as %23');
  const at = url.indexOf('?');
  const base = at === -1 ? url : url.slice(0, at);
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(at === -1 ? '' : url.slice(at))) {
    if (!/^[a-z][a-z0-9_.-]*$/i.test(name)) {
      throw invalid(url, 'its query is malformed: expected name=value pairs; elsewhere write "?" as %3F');
    }
    if (query.has(name)) throw invalid(url, `the query parameter ${name} is given twice`);
    query.set(name, value);
  }
  return { scheme: scheme.toLowerCase(), base, query: Object.fromEntries(query) };
}

function invalid(url: string, reason: string): PersistError {
  return new PersistError('INVALID_ARGUMENT', `the driver URL "${redactUrl(url)}" is not valid: ${reason}`);
}
