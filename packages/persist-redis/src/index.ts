export type { RedisConfig, RedisOptions } from './config.js';
export { driver, redisDriver } from './redis-driver.js';
