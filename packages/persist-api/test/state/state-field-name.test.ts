import { expect, test } from 'vitest';
import { stateFieldName } from '../../src/index.js';

test.each([
  ['ID', 'id'],
  ['UID', 'uid'],
  ['URL', 'url'],
  ['State', 'state'],
  ['PCIPath', 'pciPath'],
  ['CPUFeatures', 'cpuFeatures'],
  ['VFIODevs', 'vfioDevs'],
  ['NvdimmID', 'nvdimmID'],
  ['CgroupPaths', 'cgroupPaths'],
  ['GuestMemoryBlockSizeMB', 'guestMemoryBlockSizeMB'],
  ['NumVCPUsF', 'numVCPUsF'],
  ['Msize9p', 'msize9p'],
  ['IPVlan', 'ipVlan'],
  ['SGXEPCSize', 'sgxepcSize'],
  ['PCIeRootPort', 'pcieRootPort'],
  ['IsPCIe', 'isPCIe'],
  ['VMid', 'vmid'],
  ['cpu_rt_quota', 'cpuRtQuota'],
  ['net_cls_classid_u', 'netClsClassidU'],
  ['blockIO', 'blockIO'],
  ['throttleReadIOPSDevice', 'throttleReadIOPSDevice'],
])('%s is called %s', (name, expected) => {
  expect(stateFieldName(name)).toBe(expected);
});
