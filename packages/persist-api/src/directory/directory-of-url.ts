import { fileURLToPath } from 'node:url';
import { PersistError } from '../persist-error.js';

/**
 * The directory that a URL with three slashes names, as in `file:///var/lib/x`: absolute, percent-encoding decoded.
 * @param url without query and fragment
 * @throws `INVALID_ARGUMENT`
 */
export function directoryOfUrl(url: string, scheme: string, driver: string): string {
  try {
    // `new URL()` would take `file:a` and `file:../a` for `/a`.
    if (!url.toLowerCase().startsWith(`${scheme}:///`)) throw new TypeError('the path is not absolute');
    return fileURLToPath(`file${url.slice(scheme.length)}`);
  } catch (error) {
    const expected = `expected ${scheme}:///absolute/directory, or { driver: '${driver}', root: './relative' }`;
    throw new PersistError('INVALID_ARGUMENT', `URL ${JSON.stringify(url)} is not valid: ${expected}`, {
      cause: error,
    });
  }
}
