import { z } from 'zod';
import { pointer, slice, struct } from './go-types.js';
import { int64 } from './integers.js';
import { pciPath } from './pci-path.js';

/** An IP network: the address as text, the mask as base64 of its 4 or 16 bytes. */
export const ipNet = struct({ ip: z.string(), mask: z.string().nullable() });

/** An address of a network interface, as netlink tells it. */
export const networkAddress = struct({
  ip: z.string(),
  mask: z.string().nullable(),
  label: z.string(),
  flags: int64,
  scope: int64,
  peer: pointer(ipNet),
  broadcast: z.string(),
  preferedLft: int64,
  validLft: int64,
});

/** A network interface: its name, its hardware address, and its addresses. */
export const networkInterface = struct({
  name: z.string(),
  hardAddr: z.string(),
  addrs: slice(networkAddress),
});

/** A tap device. */
export const tapInterface = struct({ id: z.string(), name: z.string(), tapIface: networkInterface });

/** A tun or tap device. */
export const tuntapInterface = struct({ name: z.string(), tapIface: networkInterface });

/** A tap interface and the interface in the network namespace that it is connected to. */
export const networkInterfacePair = tapInterface.extend(
  struct({ virtIface: networkInterface, netInterworkingModel: int64 }).shape,
);

const pairEndpoint = struct({ netPair: networkInterfacePair });

/** An end of the sandbox's network. `type` says which of the other fields there is. */
export const networkEndpoint = struct({
  type: z.string(),
  physical: pointer(struct({ bdf: z.string(), driver: z.string(), vendorDeviceID: z.string() })),
  veth: pointer(pairEndpoint),
  vhostUser: pointer(struct({ ifaceName: z.string(), pciPath })),
  bridgedMacvlan: pointer(pairEndpoint),
  macvlan: pointer(pairEndpoint),
  macvtap: pointer(struct({ pciPath })),
  tap: pointer(struct({ tapInterface })),
  ipVlan: pointer(pairEndpoint),
  tuntap: pointer(struct({ tuntapInterface })),
  vfio: pointer(struct({ ifaceName: z.string() })),
});

/** The network of a sandbox. */
export const networkState = struct({
  netNsPath: z.string(),
  netmonPID: int64,
  netNsCreated: z.boolean(),
  networkID: z.string(),
  networkCreated: z.boolean(),
  endpoints: slice(networkEndpoint),
});

export type NetworkAddress = z.infer<typeof networkAddress>;
export type NetworkInterface = z.infer<typeof networkInterface>;
export type NetworkInterfacePair = z.infer<typeof networkInterfacePair>;
/** What connects a sandbox to a network. */
export type NetworkEndpoint = z.infer<typeof networkEndpoint>;
export type NetworkState = z.infer<typeof networkState>;
