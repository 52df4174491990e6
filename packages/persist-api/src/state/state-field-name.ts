/**
 * What our schemas call the field that Kata's JSON calls `name`: camelCase, by a rule that keeps as
 * much of the original as it can, so that a name is found again by searching for it.
 *
 * 1. A name in snake_case (libcontainer's cgroups) is joined: `cpu_rt_quota` → `cpuRtQuota`.
 * 2. A name that begins with a lower-case letter stays (the OCI specification's): `blockIO`, `kernelTCP`.
 * 3. Otherwise the word that the name begins with is lower-cased and the rest stays. A word is an
 *    initialism (`ID` → `id`, `PCIPath` → `pciPath`, `IPVlan` → `ipVlan`, `SGXEPCSize` → `sgxepcSize`),
 *    or one capital and what follows (`CgroupPaths` → `cgroupPaths`, `NumVCPUs` → `numVCPUs`,
 *    `GuestMemoryBlockSizeMB` → `guestMemoryBlockSizeMB`). Two initialisms end in lower case: `PCIe`
 *    (`PCIeRootPort` → `pcieRootPort`) and `VMid` → `vmid`.
 */
export function stateFieldName(name: string): string {
  if (name.includes('_')) return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return name.replace(/^(?:PCIe|VMid|[A-Z]+(?![a-z])|[A-Z])/, (word) => word.toLowerCase());
}
