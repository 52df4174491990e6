import { compressed, encrypted } from '@sandkeep/persist-api/at-rest';

/** The keys of the tests, the second of which is there for reading only. */
export const keys = [
  { id: 'new', key: 'QkVZS09UREVUUFlSQ05FVE9OU1RJU0VVTEFWU0lIVF8=' },
  { id: 'old', key: '6f6c64206b65792c206f6e6c7920666f722072656164696e672068657265212e' },
];

/** The ways to wrap a driver, by name: so a child process can be told one. */
export const wrappers = {
  /** @param {import('@sandkeep/persist-api').PersistDriver} driver */
  encrypted: (driver) => encrypted(driver, { keys }),
  /** @param {import('@sandkeep/persist-api').PersistDriver} driver */
  compressed: (driver) => compressed(driver),
  /** @param {import('@sandkeep/persist-api').PersistDriver} driver */
  'compressed and encrypted': (driver) => compressed(encrypted(driver, { keys })),
};
