import { conformanceCases, registerConformance } from '@sandkeep/persist-conformance';
import { afterAll, describe, it } from 'vitest';
import { dropBucket, freshBucket } from '../services/s3-bucket.js';
import { s3Service } from '../services/s3-service.js';
import { rounds } from '../support/rounds.js';
import { s3Harness } from './s3-harness.js';

const service = await s3Service();
const bucket = await freshBucket(service);
afterAll(async () => {
  await dropBucket(service, bucket);
  await service.close();
});

// Cases have a bucket or a prefix each, so they can run at the same time; all but one, which counts this process' files.
// `npm test` runs the whole suite on buckets, and below a prefix what has to do with names.
const concurrently = { describe: describe.concurrent, it };
const countsFiles = 'H69';
const others = conformanceCases.map(({ id }) => id).filter((id) => id !== countsFiles);
const named = rounds(1, 2) === 2 ? others : ['A', 'C', 'G', 'H62', 'H63', 'H65', 'H67', 'H68', 'J90-corrupt', 'J91'];

const ofBuckets = s3Harness({ name: 's3', access: service });
registerConformance({ describe, it }, ofBuckets, { only: [countsFiles] });
registerConformance(concurrently, ofBuckets, { only: others });
registerConformance(concurrently, s3Harness({ name: 's3, below a prefix', access: service, bucket }), { only: named });
