import { goTypes } from '@sandkeep/persist-api';
import { z } from 'zod';
import { GoJsonCodec } from '../go-json/go-json-codec.js';

const { pointer, slice, struct } = goTypes;

/** A variable of the environment. */
export const envVar = struct({ var: z.string(), value: z.string() });

/** The capabilities of a process, by their names such as `CAP_NET_RAW`. */
export const linuxCapabilities = struct({
  bounding: slice(z.string()),
  effective: slice(z.string()),
  inheritable: slice(z.string()),
  permitted: slice(z.string()),
  ambient: slice(z.string()),
});

/**
 * The command that a container runs. `user` and the groups are texts, as they may be names, and as `"007"`
 * is not `"7"`.
 */
export const cmd = struct({
  args: slice(z.string()),
  envs: slice(envVar),
  supplementaryGroups: slice(z.string()),
  user: z.string(),
  primaryGroup: z.string(),
  workDir: z.string(),
  console: z.string(),
  capabilities: pointer(linuxCapabilities),
  interactive: z.boolean(),
  detach: z.boolean(),
  noNewPrivileges: z.boolean(),
});

export type EnvVar = z.infer<typeof envVar>;
export type LinuxCapabilities = z.infer<typeof linuxCapabilities>;
export type Cmd = z.infer<typeof cmd>;

/** Kata's `types.EnvVar` in JSON. */
export const envVarCodec = new GoJsonCodec<EnvVar>(envVar);
/** Kata's `types.LinuxCapabilities` in JSON; the OCI specification's names, in small letters, are read, too. */
export const linuxCapabilitiesCodec = new GoJsonCodec<LinuxCapabilities>(linuxCapabilities);
/** Kata's `types.Cmd` in JSON. */
export const cmdCodec = new GoJsonCodec<Cmd>(cmd);
