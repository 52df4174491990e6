import { debianInstall } from './debian-install.js';
import { findExecutable } from './find-executable.js';

const programs = ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'ceph', 'monmaptool'] as const;
const packages = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common'];

/** The paths of Ceph's programs, by name. */
export type CephBinaries = Readonly<Record<(typeof programs)[number], string>>;

/**
 * Finds Ceph's programs, or installs them now (as root on Debian or Ubuntu).
 * @throws one error that says what to do
 */
export function cephBinaries(): CephBinaries {
  const found = find();
  if (found !== undefined) return found;
  debianInstall(packages);
  const installed = find();
  if (installed !== undefined) return installed;
  throw new Error(
    `The tests need Ceph's programs, to start S3 servers of their own. Install them (Debian: apt-get install ` +
      `--no-install-recommends ${packages.join(' ')}), or name a server in SANDKEEP_TEST_S3_URL.`,
  );
}

function find(): CephBinaries | undefined {
  const paths = programs.map((name) => [name, findExecutable(name)] as const);
  if (paths.some(([, path]) => path === undefined)) return undefined;
  return Object.fromEntries(paths) as CephBinaries;
}
