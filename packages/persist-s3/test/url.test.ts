import { describe, expect, test } from 'vitest';
import { driver } from '../src/index.js';

describe('what a URL stands for', () => {
  test.each([
    ['s3://my-bucket', { bucket: 'my-bucket' }],
    ['s3://my-bucket/', { bucket: 'my-bucket' }],
    ['S3://my-bucket/a/b', { bucket: 'my-bucket', prefix: 'a/b' }],
    ['s3://my.bucket/a%3Db/', { bucket: 'my.bucket', prefix: 'a=b/' }],
  ])('%s', (url, config) => {
    expect(driver.fromUrl(url)).toEqual(config);
    expect(driver.configSchema.safeParse(config).success).toBe(true);
  });

  test.each(['s3:bucket', 's3://', 's3:///a', 's3://host:9000/bucket', 's3://bucket/%zz'])('%s is refused', (url) => {
    expect(() => driver.fromUrl(url)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  test('keys in a URL are refused, and not shown', () => {
    for (const url of ['s3://AKIA1:s3cret@bucket/a', 's3://s3cret@bucket']) {
      expect(() => driver.fromUrl(url)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.not.stringContaining('s3cret') }),
      );
    }
  });
});
