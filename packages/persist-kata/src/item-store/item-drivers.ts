import { invalidArgument, type PersistDriver } from '@sandkeep/persist-api';
import { checkRoots, type ItemRoot, itemRoots } from '../items/kata-item.js';

/** The drivers of the three roots. One driver can be several of them. */
export interface ItemDrivers {
  /** What has to survive a reboot: the item `configuration`. Kata: `/var/lib/vc/sbs`. */
  readonly config: PersistDriver;
  /** What must not: all other items, raw values and locks. Kata: `/run/vc/sbs`. */
  readonly state: PersistDriver;
  /** The item `uuid`, which has to survive a reboot, too. Kata: `/var/lib/vc/uuid`. @default that of `config` */
  readonly uuid?: PersistDriver | undefined;
}

export type CompleteDrivers = Readonly<Record<ItemRoot, PersistDriver>>;

/** Checks and completes the drivers. @throws `INVALID_ARGUMENT` that names the one that is no driver */
export function completeDrivers(given: PersistDriver | ItemDrivers): CompleteDrivers {
  if (typeof given !== 'object' || given === null) {
    throw invalidArgument('drivers', given, 'a PersistDriver, or { config, state, uuid }');
  }
  const drivers = 'specVersion' in given ? { config: given, state: given } : given;
  checkRoots('drivers', { ...drivers });
  const { config, state, uuid = config } = drivers;
  const complete = { config, state, uuid };
  for (const root of itemRoots) {
    if (complete[root]?.specVersion === 1) continue;
    throw invalidArgument(`drivers.${root}`, complete[root], 'a PersistDriver with specVersion 1');
  }
  return complete;
}
