import { isDeepStrictEqual } from 'node:util';
import { decodeJson, encodeJson } from '@sandkeep/persist-api';
import type { KataSandboxInput } from '../tree/kata-sandbox.js';

/** Whether two states are stored as the same values, whatever the order of their fields. */
export function isSameState(a: KataSandboxInput, b: KataSandboxInput): boolean {
  return isDeepStrictEqual(asStored(a), asStored(b));
}

function asStored({ sandbox, containers }: KataSandboxInput): unknown {
  return decodeJson(encodeJson({ sandbox, containers: Object.fromEntries(containers) }));
}
