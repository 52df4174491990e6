import type { Group } from '../measure/group.js';
import type { Topic } from '../run/topic.js';
import { S3Bench } from './bench.js';
import { coldStart, cpuPerRequest } from './costs.js';
import { reads, readsTogether, writes, writesTogether } from './documents.js';
import { type S3Server, startS3Server } from './s3-server.js';

let server: Promise<S3Server> | undefined;
let buckets = 0;

/** The S3 driver beside bare calls of the SDK with the same bytes, and other libraries, on a server of its own. */
export const s3Topic: Topic = {
  sections: () => [
    { id: 's3/save', run: () => withS3(writes) },
    { id: 's3/save-together', run: () => withS3(writesTogether) },
    { id: 's3/load', run: () => withS3(reads) },
    { id: 's3/load-together', run: () => withS3(readsTogether) },
    { id: 's3/cold-start', run: () => withS3(coldStart) },
    { id: 's3/cpu', run: () => withS3(cpuPerRequest) },
  ],
  async close() {
    await (await server)?.close();
  },
};

async function withS3(run: (bench: S3Bench) => Promise<Group>): Promise<Group> {
  server ??= startS3Server();
  buckets += 1;
  await using bench = await S3Bench.open(await server, `sandkeep-bench-${process.pid}-${buckets}`);
  return await run(bench);
}
