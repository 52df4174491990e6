export { type S3Config, type S3Options, s3ConfigSchema } from './config.js';
export { driver, openS3Driver } from './s3-driver.js';
