import { checkSegment } from '@sandkeep/persist-api';
import type { ItemRoot } from '../items/kata-item.js';

/**
 * Where the items of a sandbox or container are, in each of the three roots:
 *
 *     <namespace>/kata/<root>/sandboxes/<sandbox>/items/<item>
 *     <namespace>/kata/<root>/sandboxes/<sandbox>/containers/<container>/items/<item>
 *     <namespace>/kata/state/sandboxes/<sandbox>/raw/<id>
 *     <namespace>/kata/uuid/items/uuid
 */
export class ItemPlace {
  readonly namespace: string;
  readonly sandboxId: string;
  readonly containerId: string | undefined;

  /** @throws `INVALID_ARGUMENT` for an id that is no segment of a key */
  constructor(namespace: string, sandboxId: string, containerId?: string) {
    checkSegment(sandboxId, 'sandbox id');
    if (containerId !== undefined) checkSegment(containerId, 'container id');
    this.namespace = namespace;
    this.sandboxId = sandboxId;
    this.containerId = containerId;
  }

  /** `sandbox web`, `container web-1 of sandbox web` */
  get description(): string {
    const sandbox = `sandbox ${this.sandboxId}`;
    return this.containerId === undefined ? sandbox : `container ${this.containerId} of ${sandbox}`;
  }

  /** What all keys of it begin with in a root, those of its containers included. */
  prefix(root: 'config' | 'state'): string {
    const sandbox = `${sandboxesPrefix(this.namespace, root)}${this.sandboxId}/`;
    return this.containerId === undefined ? sandbox : `${sandbox}containers/${this.containerId}/`;
  }

  /** What the keys of its items begin with in a root. An item's key is also the name of its lock. */
  itemsPrefix(root: ItemRoot): string {
    return root === 'uuid' ? uuidPrefix(this.namespace) : `${this.prefix(root)}items/`;
  }

  /** What the keys of the raw values begin with. */
  get rawPrefix(): string {
    return `${this.prefix('state')}raw/`;
  }
}

/** What the keys of all sandboxes begin with in a root. */
export function sandboxesPrefix(namespace: string, root: 'config' | 'state'): string {
  return `${namespace}/kata/${root}/sandboxes/`;
}

/** What the key of the item `uuid` begins with. */
export function uuidPrefix(namespace: string): string {
  return `${namespace}/kata/uuid/items/`;
}
