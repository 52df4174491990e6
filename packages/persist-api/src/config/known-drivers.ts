/** A driver that can be named, or chosen by the scheme of a URL, without naming its package. */
export interface KnownDriver {
  readonly name: string;
  readonly schemes: readonly string[];
  /** Undefined: part of this package. */
  readonly package?: string;
}

export const knownDrivers: readonly KnownDriver[] = [
  { name: 'fs', schemes: ['file'], package: '@sandkeep/persist-fs' },
  {
    name: 'redis',
    schemes: ['redis', 'rediss', 'redis+sentinel', 'rediss+sentinel', 'redis+cluster', 'rediss+cluster'],
    package: '@sandkeep/persist-redis',
  },
  { name: 's3', schemes: ['s3'], package: '@sandkeep/persist-s3' },
  { name: 'lmdb', schemes: ['lmdb'], package: '@sandkeep/persist-lmdb' },
  { name: 'memory', schemes: ['memory'] },
];

export const knownNames = knownDrivers.map(({ name }) => name);
export const knownSchemes = knownDrivers.flatMap(({ schemes }) => schemes);
