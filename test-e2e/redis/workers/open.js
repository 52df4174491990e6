/** How a child process of the conformance suite opens the driver. */
export { openRedisDriver as open } from '@sandkeep/persist-redis';
