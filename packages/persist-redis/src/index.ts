export type { RedisConfig, RedisOptions } from './config.js';
export { driver, openRedisDriver } from './redis-driver.js';
