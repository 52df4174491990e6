import { type StatsFs, statfsSync } from 'node:fs';

/** Names of file systems by `f_type` of statfs(2), from linux/magic.h. */
const typeNames: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x01021994: 'tmpfs',
  0x858458f6: 'ramfs',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0xf2f52010: 'f2fs',
  0x2fc12fc1: 'zfs',
  0x794c7630: 'overlayfs',
  0x6969: 'nfs',
  0x65735546: 'fuse',
  0x01021997: '9p',
  0xff534d42: 'cifs',
  0xfe534d42: 'smb2',
  0x00c36400: 'ceph',
  0x0bd00bd0: 'lustre',
};
const networkTypes: readonly string[] = ['nfs', '9p', 'cifs', 'smb2', 'ceph', 'lustre'];

/** What the file system below a directory is like. */
export interface FileSystem {
  /** `ext4`, `tmpfs`, …, or the type in hexadecimal. */
  readonly type: string;
  /** It lives in memory: a flush does nothing, and a reboot takes everything. */
  readonly isVolatile: boolean;
  /** It is known to be on another machine, which others can use at the same time. */
  readonly isNetwork: boolean;
  /**
   * A file that is renamed over another keeps its place in the directory, so that a listing that
   * runs meanwhile does not miss it. Only where that is known.
   */
  readonly hasStableListings: boolean;
  /**
   * A file that is renamed over another is flushed by the file system itself, so that a power loss
   * leaves the old or the new one (`auto_da_alloc`).
   */
  readonly flushesReplacements: boolean;
  /** For unprivileged processes. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Undefined where the file system has no fixed number of inodes. */
  readonly freeInodes: number | undefined;
}

/** @throws the error of statfs(2) */
export function inspectFileSystem(directory: string): FileSystem {
  const { type, bavail, bsize, blocks, files, ffree }: StatsFs = statfsSync(directory);
  const name = typeNames[type >>> 0] ?? `0x${(type >>> 0).toString(16)}`;
  return {
    type: name,
    isVolatile: name === 'tmpfs' || name === 'ramfs',
    isNetwork: networkTypes.includes(name),
    hasStableListings: name === 'ext4',
    flushesReplacements: name === 'ext4',
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
    freeInodes: files > 0 ? ffree : undefined,
  };
}
