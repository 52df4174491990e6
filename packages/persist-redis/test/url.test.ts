import { describe, expect, test } from 'vitest';
import { driver } from '../src/index.js';

describe('what a URL stands for', () => {
  test.each([
    ['redis://', { host: 'localhost' }],
    ['redis://h', { host: 'h' }],
    ['redis://h:1/', { host: 'h', port: 1 }],
    ['redis://h:1/5', { host: 'h', port: 1, database: 5 }],
    ['rediss://u:p@h', { host: 'h', username: 'u', password: 'p', tls: true }],
    ['redis://:p%40%2F%3A@h', { host: 'h', password: 'p@/:' }],
    ['redis://:a:b@h', { host: 'h', password: 'a:b' }],
    ['redis://[::1]:7', { host: '::1', port: 7 }],
    ['redis+sentinel://a,b:2/main', { sentinels: [{ host: 'a' }, { host: 'b', port: 2 }], master: 'main' }],
    ['rediss+cluster://:p@a:1,b', { cluster: [{ host: 'a', port: 1 }, { host: 'b' }], password: 'p', tls: true }],
  ])('%s', (url, config) => {
    expect(driver.fromUrl(url)).toEqual(config);
    expect(driver.configSchema.safeParse(config).success).toBe(true);
  });

  test.each([
    'redis:h',
    'redis://a,b',
    'redis://h:x',
    'redis://h/db',
    'redis://h/1/2',
    'redis+sentinel://a,b',
    'redis+cluster://a/0',
    'redis+cluster://',
    'redis://:%zz@h',
  ])('%s is refused', (url) => {
    expect(() => driver.fromUrl(url)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  test('a URL that is refused does not show its password', () => {
    for (const url of ['redis://user:s3cret@h:x', 'redis://:s3cr@s3cret@h', 'redis+cluster://u:s3cret@a/0']) {
      expect(() => driver.fromUrl(url)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('s3cr') }),
      );
    }
  });
});
