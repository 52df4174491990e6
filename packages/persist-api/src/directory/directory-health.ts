import type { Health } from '../driver/health.js';
import { inspectFileSystem } from '../file-system.js';

const lowSpaceBytes = 64 * 1024 * 1024;
const lowInodes = 1000;

/**
 * The health of a store in a directory, as far as its file system tells it.
 * @param durability what a write that resolved survives: the power loss of the machine, or the death of the process
 * @throws the error of statfs(2)
 */
export function directoryHealth(root: string, durability: 'full' | 'process'): Health {
  const { isVolatile, type, freeBytes, freeInodes } = inspectFileSystem(root);
  const risks: string[] = [];
  if (isVolatile) {
    risks.push(
      `The root is on ${type}: a reboot or power loss takes everything. Use a disk for what must outlive the machine.`,
    );
  } else if (durability === 'process') {
    risks.push("With durability 'process' a power loss can take the latest writes. Use 'full' where that matters.");
  }
  if (freeBytes < lowSpaceBytes) risks.push(`Only ${freeBytes} bytes are free: writes will soon fail. Make room.`);
  if (freeInodes !== undefined && freeInodes < lowInodes) {
    risks.push(`Only ${freeInodes} inodes are free: writes will soon fail. Remove files.`);
  }
  const facts = { root, durability, fileSystem: type, freeBytes, ...(freeInodes !== undefined && { freeInodes }) };
  return { status: risks.length === 0 ? 'ok' : 'at-risk', facts, risks };
}
