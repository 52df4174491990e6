import { registerConformance } from '@sandkeep/persist-conformance';
import { afterAll, describe, it } from 'vitest';
import { freshBucket } from '../services/s3-bucket.js';
import { s3Service } from '../services/s3-service.js';
import { s3Harness } from './s3-harness.js';

const service = await s3Service();
const bucket = await freshBucket(service);
afterAll(() => service.close());

// Cases have a bucket or a prefix each, so they can run at the same time.
const runner = { describe: describe.concurrent, it };

registerConformance(runner, s3Harness({ name: 's3', access: service }));
registerConformance(runner, s3Harness({ name: 's3, below a prefix', access: service, bucket }));
