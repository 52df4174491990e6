import type { CallOptions } from '@sandkeep/persist-api';
import type { DeviceTypes, KataDeviceTypes } from '../devices/device-types.js';
import type { SandboxItems } from '../items/item-schemas.js';
import type { SandboxStateItem } from '../types/state-item.js';
import { ItemScope } from './item-scope.js';

/** The items of one sandbox. {@link ItemScope.delete} and `exists` cover those of its containers. */
export class SandboxItemStore<Types extends DeviceTypes = KataDeviceTypes> extends ItemScope<
  Types,
  SandboxItems<Types>
> {
  /** Loads the item `state`. @throws as `load` */
  loadState(options: CallOptions = {}): Promise<SandboxStateItem> {
    return this.load('state', options);
  }
}
