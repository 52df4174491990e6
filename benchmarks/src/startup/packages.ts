/** A package of ours, and what is installed with it anyway: the client library of its backend. */
export interface StartedPackage {
  readonly name: string;
  /** Undefined where the package stands on Node alone. */
  readonly client?: string | undefined;
}

export const startedPackages: readonly StartedPackage[] = [
  { name: '@sandkeep/persist-api', client: 'zod' },
  { name: '@sandkeep/persist-fs', client: 'zod' },
  { name: '@sandkeep/persist-lmdb', client: 'lmdb' },
  { name: '@sandkeep/persist-redis', client: 'ioredis' },
  { name: '@sandkeep/persist-s3', client: '@aws-sdk/client-s3' },
];
