import { cgroupConfig, linuxResources, sandboxConfig } from '@sandkeep/persist-api';
import { z } from 'zod';

/**
 * How the fields of a struct are named in Go's JSON.
 *
 * - `pascal`: capitalised, unless `irregularNames` says otherwise (`cgroupPath` is `CgroupPath`, `id` is `ID`)
 * - `snake`: libcontainer's (`cpuRtQuota` is `cpu_rt_quota`)
 * - `same`: as here, which is how the OCI specification names them
 */
export type GoConvention = 'pascal' | 'snake' | 'same';

/** How the names of a struct and its fields become those of Go's JSON. */
export interface GoNaming {
  /** Holds for the structs inside, too. @default that of the struct around it; outermost, `pascal` */
  readonly convention?: GoConvention;
  /** The fields of this very struct that the convention does not give, by our name. */
  readonly names?: Readonly<Record<string, string>>;
  /** The fields of this very struct that Go does not write when they are empty. */
  readonly omitEmpty?: readonly string[];
}

/** The structs (object schemas) whose fields are not all named by the rule of `pascal`. */
export const goNamings = z.registry<GoNaming>();

goNamings.add(sandboxConfig, { names: { cgroups: 'cgroups' } });
goNamings.add(cgroupConfig, { convention: 'snake', names: { paths: 'Paths' } });
goNamings.add(linuxResources, { convention: 'same' });

/** The names whose first word is not one capital and small letters. */
const irregularNames: Readonly<Record<string, string>> = {
  apDevices: 'APDevices',
  apiSocket: 'APISocket',
  bdf: 'BDF',
  cpuFeatures: 'CPUFeatures',
  dns: 'DNS',
  gid: 'GID',
  gsoMaxSegs: 'GSOMaxSegs',
  gsoMaxSize: 'GSOMaxSize',
  id: 'ID',
  iommu: 'IOMMU',
  iommuPlatform: 'IOMMUPlatform',
  ip: 'IP',
  ipVlan: 'IPVlan',
  llipAddr: 'LLIPAddr',
  mplsDst: 'MPLSDst',
  mtu: 'MTU',
  numaNode: 'NUMANode',
  pciPath: 'PCIPath',
  pcieRootPort: 'PCIeRootPort',
  pcieSwitchPort: 'PCIeSwitchPort',
  scsiAddr: 'SCSIAddr',
  seLinuxProcessLabel: 'SELinuxProcessLabel',
  sgxepcSize: 'SGXEPCSize',
  tapIface: 'TAPIface',
  uid: 'UID',
  url: 'URL',
  uuid: 'UUID',
  vfioDevs: 'VFIODevs',
  vmFds: 'VMFds',
  vmid: 'VMid',
  vni: 'VNI',
};

/** What Go's JSON calls the field that is `name` here: the inverse of `stateFieldName`. */
export function goFieldName(name: string, convention: GoConvention): string {
  if (convention === 'same') return name;
  if (convention === 'snake') {
    // libcontainer's devices have one name in camelCase
    return name === 'leafWeight' ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
  return Object.hasOwn(irregularNames, name)
    ? (irregularNames[name] as string)
    : name.charAt(0).toUpperCase() + name.slice(1);
}
