import { goTypes, int64, ipNet, networkAddress, uint8, uint32, uint64 } from '@sandkeep/persist-api';
import { z } from 'zod';

const { pointer, slice, struct } = goTypes;

/** Bytes in base64: a hardware address. */
const bytes = z.string().nullable();
/** What Kata declares as an interface. */
const anything = z.unknown();

const linkStatistics = struct({
  rxPackets: uint64,
  txPackets: uint64,
  rxBytes: uint64,
  txBytes: uint64,
  rxErrors: uint64,
  txErrors: uint64,
  rxDropped: uint64,
  txDropped: uint64,
  multicast: uint64,
  collisions: uint64,
  rxLengthErrors: uint64,
  rxOverErrors: uint64,
  rxCrcErrors: uint64,
  rxFrameErrors: uint64,
  rxFifoErrors: uint64,
  rxMissedErrors: uint64,
  txAbortedErrors: uint64,
  txCarrierErrors: uint64,
  txFifoErrors: uint64,
  txHeartbeatErrors: uint64,
  txWindowErrors: uint64,
  rxCompressed: uint64,
  txCompressed: uint64,
});

const protinfo = struct({
  hairpin: z.boolean(),
  guard: z.boolean(),
  fastLeave: z.boolean(),
  rootBlock: z.boolean(),
  learning: z.boolean(),
  flood: z.boolean(),
  proxyArp: z.boolean(),
  proxyArpWiFi: z.boolean(),
});

const virtualFunction = struct({
  id: int64,
  mac: bytes,
  vlan: int64,
  qos: int64,
  txRate: int64,
  spoofchk: z.boolean(),
  linkState: uint32,
});

const iface = struct({
  index: int64,
  mtu: int64,
  txQLen: int64,
  name: z.string(),
  hardwareAddr: bytes,
  flags: uint64,
  rawFlags: uint32,
  parentIndex: int64,
  masterIndex: int64,
  namespace: anything,
  alias: z.string(),
  statistics: pointer(linkStatistics),
  promisc: int64,
  xdp: pointer(struct({ fd: int64, attached: z.boolean(), flags: uint32, progId: uint32 })),
  encapType: z.string(),
  protinfo: pointer(protinfo),
  operState: uint8,
  netNsID: int64,
  numTxQueues: int64,
  numRxQueues: int64,
  gsoMaxSize: uint32,
  gsoMaxSegs: uint32,
  vfs: slice(virtualFunction),
  type: z.string(),
});

const nextHop = struct({
  linkIndex: int64,
  hops: int64,
  gw: z.string(),
  flags: int64,
  newDst: anything,
  encap: anything,
});

const route = struct({
  linkIndex: int64,
  iLinkIndex: int64,
  scope: uint8,
  dst: pointer(ipNet),
  src: z.string(),
  gw: z.string(),
  multiPath: slice(pointer(nextHop)),
  protocol: int64,
  priority: int64,
  table: int64,
  type: int64,
  tos: int64,
  flags: int64,
  mplsDst: pointer(int64),
  newDst: anything,
  encap: anything,
  mtu: int64,
  advMSS: int64,
  hoplimit: int64,
});

const neighbor = struct({
  linkIndex: int64,
  family: int64,
  state: int64,
  type: int64,
  flags: int64,
  ip: z.string(),
  hardwareAddr: bytes,
  llipAddr: z.string(),
  vlan: int64,
  vni: int64,
});

const dnsInfo = struct({
  servers: slice(z.string()),
  domain: z.string(),
  searches: slice(z.string()),
  options: slice(z.string()),
});

/** What was found on an interface in the network namespace: Kata's `NetworkInfo`. */
export const networkInfo = struct({
  iface,
  addrs: slice(networkAddress),
  routes: slice(route),
  dns: dnsInfo,
  neighbors: slice(neighbor),
});
