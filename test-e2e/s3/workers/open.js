/** How a child process of the conformance suite opens the driver. */
export { openS3Driver as open } from '@sandkeep/persist-s3';
