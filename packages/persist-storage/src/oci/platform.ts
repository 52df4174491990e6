import { arch } from 'node:process';
import { invalidArgument } from '../invalid-argument.js';

export interface Platform {
  readonly os: string;
  /** By Go's names: `amd64`, `arm64`, … */
  readonly architecture: string;
  /** Such as `v8`. Undefined: any. */
  readonly variant?: string | undefined;
}

const goArchitectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

/** Linux, on this machine's processor. */
export const hostPlatform: Platform = { os: 'linux', architecture: goArchitectures[arch] ?? arch };

/**
 * Reads `os/architecture[/variant]`.
 * @throws `INVALID_ARGUMENT`
 */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = typeof text === 'string' ? text.split('/') : [];
  if (!os || !architecture || variant === '' || rest.length > 0) {
    throw invalidArgument('platform', text, 'os/architecture[/variant], such as linux/arm64');
  }
  return { os, architecture, variant };
}

/** Whether what is offered will do: a variant counts only if both name one. */
export function matchesPlatform(offered: Platform, wanted: Platform): boolean {
  return (
    offered.os === wanted.os &&
    offered.architecture === wanted.architecture &&
    (offered.variant === undefined || wanted.variant === undefined || offered.variant === wanted.variant)
  );
}
