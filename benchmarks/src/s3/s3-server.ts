import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** An S3 server, and how to end it. */
export interface S3Server {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  close(): Promise<unknown>;
}

/** The S3 server of the tests: the one that SANDKEEP_TEST_S3_URL names, or one of its own. */
export async function startS3Server(): Promise<S3Server> {
  const source = fileURLToPath(new URL('../../../test-e2e/services/s3-service.ts', import.meta.url));
  const { module } = await runnerImport<{ s3Service(): Promise<S3Server> }>(source);
  return module.s3Service();
}
