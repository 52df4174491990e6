/** The results that are drawn, by the name of the file in docs/benchmarks. */
export const charts: Readonly<Record<string, string>> = {
  'fs-save': 'fs/ext4/save',
  'fs-save-together': 'fs/ext4/save-together',
  'fs-load': 'fs/tmpfs/load',
  'lmdb-save-together': 'lmdb/save-together',
  'redis-load': 'redis/load',
  'redis-save': 'redis/save',
  'redis-lock-contended': 'redis/lock-contended',
  's3-save': 's3/save',
};
