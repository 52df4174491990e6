import type { Change } from '../driver/change.js';
import type { Version } from '../driver/document.js';

/** One change of one sandbox, as `store.watch` tells it. */
export interface SandboxChange {
  readonly id: string;
  readonly type: 'saved' | 'destroyed';
  /** Undefined when it was destroyed, and where its document is too damaged to tell. */
  readonly revision?: Version | undefined;
}

/** @param prefix what the keys of sandboxes begin with */
export function toSandboxChange({ key, type, version }: Change, prefix: string): SandboxChange {
  const id = key.slice(prefix.length);
  return type === 'written' ? { id, type: 'saved', revision: version } : { id, type: 'destroyed' };
}
