import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** What stays the same for this machine over reboots: its machine id (machine-id(5)), else its host name. */
export async function hostId(): Promise<string> {
  const id = (await readFile('/etc/machine-id', 'utf8').catch(() => '')).trim();
  return /^[0-9a-f]{32}$/.test(id) ? id : hostname();
}

/** Another one with every boot; mounts do not outlive it. */
export async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
