import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { S3Access } from '../services/s3-service.js';

const bin = fileURLToPath(new URL('../../packages/persist-cli/bin/sandkeep.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the real command in this directory, from which it finds every driver. */
export function startCommand(args: readonly string[]): ChildProcess {
  const { SANDKEEP_URL: _, ...env } = process.env;
  return spawn(process.execPath, [bin, ...args], { cwd: fileURLToPath(new URL('.', import.meta.url)), env });
}

export async function ended(child: ChildProcess): Promise<Ended> {
  if (child.stdout === null || child.stderr === null) throw new Error('its output is not piped');
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr: withoutNoise(stderr) };
}

/** Runs the real command to its end. */
export function command(...args: string[]): Promise<Ended> {
  return ended(startCommand(args));
}

/** The URL of a store in a bucket. */
export function s3Url(
  { endpoint, region, accessKeyId, secretAccessKey }: S3Access,
  bucket: string,
  prefix = '',
): string {
  const query = new URLSearchParams({ endpoint, region, accessKeyId, secretAccessKey });
  return `s3://${bucket}/${prefix}?${query}`;
}

/** What drivers and the AWS SDK warn of is not what these tests are about. */
function withoutNoise(stderr: string): string {
  return stderr.replace(/^sandkeep: warning: .*\n/gm, '');
}
