export interface CephSettings {
  /** The cluster's id: a UUID. */
  readonly clusterId: string;
  /** Everything that Ceph writes is below it. */
  readonly directory: string;
  /** S3 over HTTP is served here, the monitor listens on the next port, the OSD on four after that. */
  readonly firstPort: number;
}

/** Ports that one cluster takes, in a row. */
export const cephPorts = 6;

/** Where the monitor is found, as Ceph writes addresses: messenger protocol 2, and nothing else. */
export function monitorAddress({ firstPort }: CephSettings): string {
  return `[v2:127.0.0.1:${firstPort + 1}/0]`;
}

/**
 * The `ceph.conf` of a cluster of one monitor, one OSD that keeps its objects in memory, and one S3
 * gateway: all on the loopback interface, without authentication between them.
 */
export function cephConf(settings: CephSettings): string {
  const { clusterId, directory, firstPort } = settings;
  return `[global]
fsid = ${clusterId}
mon host = ${monitorAddress(settings)}
# Without this, every daemon listens for protocol 1, on ports of its own choice, too.
ms bind msgr1 = false
# The OSD has two pairs of addresses; without the second line one pair is open to the network.
public addr = 127.0.0.1
cluster addr = 127.0.0.1
# The OSD takes the first free ones of these. The default range is shared by all clusters of a machine.
ms bind port min = ${firstPort + 2}
ms bind port max = ${firstPort + 5}
# No keyrings.
auth cluster required = none
auth service required = none
auth client required = none
# radosgw alone asks the monitor for "secure" mode, which without keys it would try for ever.
ms mon client mode = crc
# Nothing outside of the directory.
run dir = ${directory}
crash dir = ${directory}
admin socket =
pid file =
# What goes wrong is printed, not logged.
log file =
log to stderr = false
err to stderr = true
debug rgw = 0
# One copy of everything, on the only OSD; one placement group a pool.
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off

[mon]
mon data = ${directory}/mon
mon cluster log file = ${directory}/cluster.log
# Changes of the maps are collected for a second by default, and each new pool makes several.
paxos propose interval = 0.01
paxos min wait = 0.01
# A monitor ends itself when its file system has less than 5 % free.
mon data avail warn = 0
mon data avail crit = 0

[osd]
osd data = ${directory}/osd
osd objectstore = memstore
# What it claims to have; memory is taken as objects come.
memstore device bytes = 4294967296

[client]
# radosgw-admin may start before the OSD is up. If it misses the news it looks again at its next tick,
# by default after 5 s.
objecter tick interval = 0.1
rgw data = ${directory}/rgw
# Without tcp_nodelay, each GET and each listing waits some 40 ms for a delayed acknowledgement.
rgw frontends = beast endpoint=127.0.0.1:${firstPort} tcp_nodelay=1
rgw thread pool size = 64
# One index object a bucket, instead of eleven to be merged for each listing.
rgw override bucket index max shards = 1
`;
}
