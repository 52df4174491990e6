import { accessSync, constants } from 'node:fs';
import type { Health } from '@sandkeep/persist-api';
import { type FileSystem, inspectFileSystem } from '@sandkeep/persist-api';
import { errnoOf } from './errors.js';
import { assertPresent, type Root } from './root.js';

const lowSpaceBytes = 64 * 1024 * 1024;
const lowInodes = 1000;

/** Whether the root is there, how durable it is, and how much space it has. Throws if it is gone. */
export function inspectHealth(root: Root, durability: 'full' | 'process'): Health {
  assertPresent(root);
  const fileSystem = inspectFileSystem(root.directory);
  const { type, freeBytes, freeInodes } = fileSystem;
  const risks = [...accessRisks(root), ...durabilityRisks(fileSystem, durability), ...spaceRisks(fileSystem)];
  return {
    status: risks.length === 0 ? 'ok' : 'at-risk',
    facts: {
      root: root.directory,
      durability,
      fileSystem: type,
      freeBytes,
      ...(freeInodes !== undefined && { freeInodes }),
    },
    risks,
  };
}

function accessRisks({ staged }: Root): string[] {
  try {
    accessSync(staged, constants.W_OK);
    return [];
  } catch (error) {
    return [
      `The root cannot be written to (${errnoOf(error)}): every write will fail. Mount it for writing, or change its owner.`,
    ];
  }
}

function durabilityRisks({ type, isVolatile }: FileSystem, durability: 'full' | 'process'): string[] {
  if (isVolatile)
    return [
      `The root is on ${type}: a reboot or power loss takes everything. Use a disk for what must outlive the machine.`,
    ];
  if (durability === 'full') return [];
  return ["With durability 'process' a power loss can take the latest writes. Use 'full' where that matters."];
}

function spaceRisks({ freeBytes, freeInodes }: FileSystem): string[] {
  const risks: string[] = [];
  if (freeBytes < lowSpaceBytes) risks.push(`Only ${freeBytes} bytes are free: writes will soon fail. Make room.`);
  if (freeInodes !== undefined && freeInodes < lowInodes) {
    risks.push(`Only ${freeInodes} inodes are free: writes will soon fail. Remove files.`);
  }
  return risks;
}
