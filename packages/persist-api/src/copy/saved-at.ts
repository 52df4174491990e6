import { decodeSandboxDocument } from '../store/sandbox-document.js';

/**
 * When the sandbox in a document was saved, by the clock of who saved it, whatever its format.
 * @returns undefined if it is no sandbox, or a damaged one
 */
export function savedAtOf(key: string, data: Uint8Array): Date | undefined {
  const id = /^[^/]+\/sandboxes\/([^/]+)$/.exec(key)?.[1];
  if (id === undefined) return undefined;
  try {
    return decodeSandboxDocument(data, key, id, Number.MAX_SAFE_INTEGER).savedAt;
  } catch {
    return undefined;
  }
}
