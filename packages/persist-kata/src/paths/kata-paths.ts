import { join } from 'node:path/posix';
import { pathToFileURL } from 'node:url';
import { checkSegment, invalidArgument } from '@sandkeep/persist-api';
import { checkItem, itemFiles, type KataItem } from '../items/kata-item.js';

/**
 * Where Kata's item store keeps its files. Ids that are no segments of a key, such as `../x` and the empty
 * one, are `INVALID_ARGUMENT`, as none of these paths leads out of its directory.
 */
export interface KataPaths {
  /** `/var/lib/vc/sbs`: the root `config`. */
  configStoragePath(): string;
  /** `/run/vc/sbs`: the root `state`. */
  runStoragePath(): string;
  /** `/run/vc/vm`: the sockets and shared directories of the virtual machines. */
  runVMStoragePath(): string;
  /** `/var/lib/vc/uuid`: the root `uuid`. */
  vmUUIDStoragePath(): string;

  /** {@link sandboxConfigurationRootPath} as a `file://` URL. */
  sandboxConfigurationRoot(sandboxId: string): string;
  sandboxConfigurationRootPath(sandboxId: string): string;
  sandboxConfigurationItemPath(sandboxId: string, item: KataItem): string;
  /** {@link sandboxRuntimeRootPath} as a `file://` URL. */
  sandboxRuntimeRoot(sandboxId: string): string;
  sandboxRuntimeRootPath(sandboxId: string): string;
  sandboxRuntimeItemPath(sandboxId: string, item: KataItem): string;
  /** {@link containerConfigurationRootPath} as a `file://` URL. */
  containerConfigurationRoot(sandboxId: string, containerId: string): string;
  containerConfigurationRootPath(sandboxId: string, containerId: string): string;
  /** {@link containerRuntimeRootPath} as a `file://` URL. */
  containerRuntimeRoot(sandboxId: string, containerId: string): string;
  containerRuntimeRootPath(sandboxId: string, containerId: string): string;
  /** {@link vmUUIDStoragePath} as a `file://` URL. */
  vcStoreUUIDPath(): string;

  /** The same paths below `prefix`, an absolute directory. */
  below(prefix: string): KataPaths;
  /** The same paths for a user who is not root: below {@link rootlessDirectory}. */
  rootless(user?: RootlessUser): KataPaths;
}

/** For whom Kata runs without root. */
export interface RootlessUser {
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** @default that of this process */
  readonly uid?: number | undefined;
}

/** `$XDG_RUNTIME_DIR`, else `/run/user/<uid>`. */
export function rootlessDirectory({ env = process.env, uid = process.getuid?.() ?? 0 }: RootlessUser = {}): string {
  return env.XDG_RUNTIME_DIR || `/run/user/${uid}`;
}

function kataPaths(prefix: string): KataPaths {
  if (prefix !== '' && !prefix.startsWith('/')) throw invalidArgument('prefix', prefix, 'an absolute directory');
  const storage = {
    config: join(`${prefix}/`, 'var/lib/vc/sbs'),
    run: join(`${prefix}/`, 'run/vc/sbs'),
    vm: join(`${prefix}/`, 'run/vc/vm'),
    uuid: join(`${prefix}/`, 'var/lib/vc/uuid'),
  };
  const sandboxPath = (root: string, sandboxId: string) => {
    checkSegment(sandboxId, 'sandbox id');
    return join(root, sandboxId);
  };
  const containerPath = (root: string, sandboxId: string, containerId: string) => {
    checkSegment(containerId, 'container id');
    return join(sandboxPath(root, sandboxId), containerId);
  };
  const itemPath = (root: string, sandboxId: string, item: KataItem) => {
    checkItem(item);
    return join(sandboxPath(root, sandboxId), itemFiles[item]);
  };
  const url = (path: string) => pathToFileURL(path).href;
  return Object.freeze<KataPaths>({
    configStoragePath: () => storage.config,
    runStoragePath: () => storage.run,
    runVMStoragePath: () => storage.vm,
    vmUUIDStoragePath: () => storage.uuid,
    sandboxConfigurationRoot: (id) => url(sandboxPath(storage.config, id)),
    sandboxConfigurationRootPath: (id) => sandboxPath(storage.config, id),
    sandboxConfigurationItemPath: (id, item) => itemPath(storage.config, id, item),
    sandboxRuntimeRoot: (id) => url(sandboxPath(storage.run, id)),
    sandboxRuntimeRootPath: (id) => sandboxPath(storage.run, id),
    sandboxRuntimeItemPath: (id, item) => itemPath(storage.run, id, item),
    containerConfigurationRoot: (id, containerId) => url(containerPath(storage.config, id, containerId)),
    containerConfigurationRootPath: (id, containerId) => containerPath(storage.config, id, containerId),
    containerRuntimeRoot: (id, containerId) => url(containerPath(storage.run, id, containerId)),
    containerRuntimeRootPath: (id, containerId) => containerPath(storage.run, id, containerId),
    vcStoreUUIDPath: () => url(storage.uuid),
    below: (directory) => kataPaths(directory),
    rootless: (user) => kataPaths(rootlessDirectory(user)),
  });
}

/** The paths of a Kata that runs as root. */
export const KataPaths: KataPaths = kataPaths('');
