import { goTypes, int64, networkInterfacePair, pciPath, tapInterface, tuntapInterface } from '@sandkeep/persist-api';
import { z } from 'zod';
import { type TypedValue, typedValue } from '../go-json/typed-value.js';
import { networkInfo } from './network-info.js';

const { pointer, slice, struct } = goTypes;

/** Open files cannot be stored: each is `{}`. */
const files = slice(pointer(z.looseObject({})));
const queues = struct({ vmFds: files, vhostFds: files });

const endpoint = struct({ endpointProperties: networkInfo, endpointType: z.string(), pciPath });
const pairEndpoint = endpoint.extend(struct({ netPair: networkInterfacePair.extend(queues.shape) }).shape);

const endpointTypes = {
  physical: endpoint.extend(
    struct({
      ifaceName: z.string(),
      hardAddr: z.string(),
      bdf: z.string(),
      driver: z.string(),
      vendorDeviceID: z.string(),
    }).shape,
  ),
  virtual: pairEndpoint,
  'vhost-user': endpoint.extend(struct({ socketPath: z.string(), hardAddr: z.string(), ifaceName: z.string() }).shape),
  macvlan: pairEndpoint,
  ipvlan: pairEndpoint,
  macvtap: endpoint.extend(queues.shape),
  tap: endpoint.extend(struct({ tapInterface: tapInterface.extend(queues.shape) }).shape),
  tuntap: pairEndpoint.extend(struct({ tuntapInterface }).shape),
} as const;

/** The item `network`: Kata's network namespace of the sandbox, with its endpoints. */
export const networkItem = struct({
  netNsPath: z.string(),
  netNsCreated: z.boolean(),
  netmonPID: int64,
  endpoints: slice(typedValue(endpointTypes)),
});

/** An endpoint of {@link NetworkItem}, told by its type. */
export type Endpoint = TypedValue<typeof endpointTypes>;
/** What Kata keeps in `network.json`. */
export type NetworkItem = z.infer<typeof networkItem>;
