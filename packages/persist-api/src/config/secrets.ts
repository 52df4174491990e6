import { describeValue } from '../driver/invalid-argument.js';

const secretName = /pass|pwd|secret|token|credential|auth|key/i;

/**
 * A URL as it may stand in a message, a log or a table: without its user, password, query and fragment.
 * It takes any text, so that a malformed URL can be shown, too.
 */
export function redactUrl(url: string): string {
  const anonymous = /^file:/i.test(url) ? url : url.replace(/^([a-z][a-z0-9+.-]*:(?:\/\/)?).*@/is, '$1***@');
  return anonymous.replace(/[?#].*$/s, '');
}

/** The value of a configuration field as it may stand in a message: nothing of a field that names a secret. */
export function describeField(path: readonly PropertyKey[], value: unknown): string {
  if (path.some((part) => secretName.test(String(part)))) return '(hidden)';
  return describeValue(typeof value === 'string' && value.includes('://') ? redactUrl(value) : value);
}
