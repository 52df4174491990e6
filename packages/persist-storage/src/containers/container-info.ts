/** A container's storage. */
export interface ContainerInfo {
  readonly id: string;
  /** Its work directory, which outlives a reboot. */
  readonly dir: string;
  /** Its run directory, which need not. */
  readonly runDir: string;
  /** The OCI image configuration of its image. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** A container as {@link StorageService.containers} lists it. */
export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly createdAt: Date;
  /** How often its root file system is mounted. */
  readonly mounts: number;
}

/** Which image a container is made from, and what it is called. */
export interface CreateContainerOptions {
  /** The image's name, or its id or the beginning of it. At least one of `imageName` and `imageId` is needed. */
  readonly imageName?: string | undefined;
  /** The image's id. With a name, too, both must mean the same image. */
  readonly imageId?: string | undefined;
  /** Unique among the containers of the storage. */
  readonly containerName: string;
  /** @default 64 random hex digits */
  readonly containerId?: string | undefined;
  /** The SELinux label to mount its root file system with. */
  readonly mountLabel?: string | undefined;
}
