import type { CallOptions } from '@sandkeep/persist-api';
import type { DeviceTypes, KataDeviceTypes } from '../devices/device-types.js';
import type { ContainerItems } from '../items/item-schemas.js';
import type { ContainerStateItem } from '../types/state-item.js';
import { ItemScope } from './item-scope.js';

/** The items of one container. */
export class ContainerItemStore<Types extends DeviceTypes = KataDeviceTypes> extends ItemScope<
  Types,
  ContainerItems<Types>
> {
  get containerId(): string {
    return this.place.containerId as string;
  }

  /** Loads the item `state`. @throws as `load` */
  loadContainerState(options: CallOptions = {}): Promise<ContainerStateItem> {
    return this.load('state', options);
  }
}
