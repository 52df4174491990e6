import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names this process, so that another process on the same machine can tell for certain whether it
 * still lives: `<machine>-<pid>-<start time>`. `machine` stands for the boot and the pid name space,
 * outside of which a pid means nothing.
 */
const ownStart = startTime(process.pid);
/** Where the system does not tell when this process began, nobody can judge it: it gets a machine of its own. */
const machine =
  ownStart === undefined
    ? randomBytes(4).toString('hex')
    : createHash('sha256')
        .update(read('/proc/sys/kernel/random/boot_id') || hostname())
        .update(pidNamespace())
        .digest('hex')
        .slice(0, 8);

/** The token of this process: 8 hex digits, its pid and start time in base 36, joined by `-`. */
export const processToken = `${machine}-${process.pid.toString(36)}-${ownStart ?? '0'}`;

const nonce = BigInt(`0x${randomBytes(5).toString('hex')}`).toString(36);
let attempts = 0;

/**
 * A new id that no other call, in no other process, gives: the process token, a nonce, a count.
 * It serves as the version of what the attempt writes.
 */
export function newAttemptId(): string {
  attempts += 1;
  return `${processToken}-${nonce}-${attempts.toString(36)}`;
}

/**
 * Whether the process that made `id` (a process token or an attempt id) is known to be gone.
 * False for a process that lives, is stopped, or belongs to another machine or pid name space.
 */
export function isProcessGone(id: string): boolean {
  const [owner, pid = '', start] = id.split('-');
  if (ownStart === undefined || owner !== machine || !/^[0-9a-z]{1,8}$/.test(pid)) return false;
  return startTime(Number.parseInt(pid, 36)) !== start;
}

/** In clock ticks since boot, base 36; undefined when there is no such process, or only its zombie. */
function startTime(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat !== '') {
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : Number(fields[18]).toString(36);
  }
  return process.platform === 'linux' || !exists(pid) ? undefined : '0';
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
