import { CephGateway } from './ceph-gateway.js';
import { composeAnswers, composeUp } from './compose.js';

/** How to reach an S3 server. Buckets are addressed in the path. */
export interface S3Access {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A running S3 server, which others may use too. */
export interface S3Service extends S3Access {
  /** Ends what was started for this test. */
  close(): Promise<unknown>;
}

const variable = 'SANDKEEP_TEST_S3_URL';
/** What docker-compose.yml publishes. */
const composeUrl = 'http://sandkeep-tests:sandkeep-secret@127.0.0.1:8333';

/**
 * A server for tests that only use it: the one that the environment names, else that of
 * docker-compose.yml where a container engine answers, else one of this process' own.
 */
export async function s3Service(): Promise<S3Service> {
  const named = process.env[variable];
  if (named) return remote(named);
  if (!composeAnswers()) return CephGateway.start();
  composeUp('s3');
  return remote(composeUrl);
}

/** @param url `http://access-key:secret-key@host:port?region=…`, the keys percent-encoded */
function remote(url: string): S3Service {
  const { origin, username, password, searchParams } = new URL(url);
  if (username === '' || password === '') {
    throw new Error(`${variable} names no keys: expected http://access-key:secret-key@host:port?region=…`);
  }
  return {
    endpoint: origin,
    region: searchParams.get('region') ?? 'us-east-1',
    accessKeyId: decodeURIComponent(username),
    secretAccessKey: decodeURIComponent(password),
    close: async () => {},
  };
}
