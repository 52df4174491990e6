export { checkIndex, type IndexReport } from './check-index.js';
export { type RedisConfig, type RedisOptions, redisConfigSchema } from './config.js';
export { driver, openRedisDriver } from './redis-driver.js';
