import { accessSync, constants, statSync } from 'node:fs';
import { type FileSystem, type Health, inspectFileSystem } from '@sandkeep/persist-api';
import { errnoOf } from './errors.js';
import { findMount, type Mount } from './mount.js';
import { assertPresent, type Root } from './root.js';

const lowSpaceBytes = 64 * 1024 * 1024;
const lowInodes = 1000;

/** Whether the root is there, how durable it is, who may use it, and how much space it has. Throws if it is gone. */
export function inspectHealth(root: Root, durability: 'full' | 'process'): Health {
  assertPresent(root);
  const { directory } = root;
  const fileSystem = inspectFileSystem(directory);
  const mount = findMount(directory);
  const { mode, uid, gid } = statSync(directory);
  const risks = [
    ...accessRisks(root, mode),
    ...durabilityRisks(fileSystem, durability),
    ...(mount === undefined ? [] : mountRisks(fileSystem, mount, durability)),
    ...spaceRisks(fileSystem),
  ];
  const { type, freeBytes, totalBytes, freeInodes } = fileSystem;
  return {
    status: risks.length === 0 ? 'ok' : 'at-risk',
    facts: {
      root: directory,
      durability,
      fileSystem: type,
      ...(mount !== undefined && { device: mount.source }),
      ...(mount?.hasJournal !== undefined && { journal: mount.hasJournal }),
      freeBytes,
      totalBytes,
      ...(freeInodes !== undefined && { freeInodes }),
      mode: (mode & 0o7777).toString(8).padStart(4, '0'),
      owner: `${uid}:${gid}`,
    },
    risks,
  };
}

function accessRisks({ directory, staged }: Root, mode: number): string[] {
  const risks: string[] = [];
  try {
    accessSync(staged, constants.W_OK);
  } catch (error) {
    risks.push(
      `The root cannot be written to (${errnoOf(error)}): every write will fail. Mount it for writing, or change its owner.`,
    );
  }
  if ((mode & 0o022) !== 0) {
    risks.push(
      `Other users of this machine may write into the root: they can plant, replace or remove what is stored. Run chmod go-w ${directory}.`,
    );
  }
  return risks;
}

function durabilityRisks({ type, isVolatile, isNetwork }: FileSystem, durability: 'full' | 'process'): string[] {
  if (isVolatile)
    return [
      `The root is on ${type}: a reboot or power loss takes everything. Use a disk for what must outlive the machine.`,
    ];
  const risks: string[] = [];
  if (isNetwork) {
    risks.push(
      `The root is on ${type}, a network file system, whose caches can show one machine what another has replaced. ` +
        'Use a local disk, or Redis or S3 for several machines.',
    );
  }
  if (durability === 'process') {
    risks.push("With durability 'process' a power loss can take the latest writes. Use 'full' where that matters.");
  }
  return risks;
}

function mountRisks({ type }: FileSystem, mount: Mount, durability: 'full' | 'process'): string[] {
  const { source, options, hasJournal, errors } = mount;
  const risks: string[] = [];
  if (hasJournal === false) {
    risks.push(
      `The ${type} file system of the root has no journal: a power loss can damage its directories, and so the store. ` +
        `Give it one while it is not mounted: tune2fs -O has_journal ${source}.`,
    );
  }
  if (errors > 0) {
    risks.push(
      `The kernel has met ${errors} errors in the file system of the root: unmount it, and run fsck ${source}.`,
    );
  }
  if (durability === 'full' && (options.has('nobarrier') || options.has('barrier=0'))) {
    risks.push('The file system is mounted without barriers: a flush may not reach the disk. Mount it with barriers.');
  }
  return risks;
}

function spaceRisks({ freeBytes, freeInodes }: FileSystem): string[] {
  const risks: string[] = [];
  if (freeBytes < lowSpaceBytes) risks.push(`Only ${freeBytes} bytes are free: writes will soon fail. Make room.`);
  if (freeInodes !== undefined && freeInodes < lowInodes) {
    risks.push(`Only ${freeInodes} inodes are free: writes will soon fail. Remove files.`);
  }
  return risks;
}
