import type { Effort } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import type { Topic } from '../run/topic.js';
import { destroys, findsMissing, type StoreCalls, updates } from '../workload/store-calls.js';
import { S3Bench } from './bench.js';
import { coldStart, cpuPerRequest } from './costs.js';
import { reads, readsTogether, writes, writesTogether } from './documents.js';
import { type S3Server, startS3Server } from './s3-server.js';

const few: Effort = { rounds: 10, runs: 10 };

let server: Promise<S3Server> | undefined;
let buckets = 0;

/** The S3 driver beside bare calls of the SDK with the same bytes, and other libraries, on a server of its own. */
export const s3Topic: Topic = {
  sections: () => [
    { id: 's3/save', run: () => withS3(writes) },
    { id: 's3/save-together', run: () => withS3(writesTogether) },
    { id: 's3/load', run: () => withS3(reads) },
    { id: 's3/load-together', run: () => withS3(readsTogether) },
    { id: 's3/update', run: () => withS3((bench) => updates(callsOf(bench), 10, few)) },
    { id: 's3/find-missing', run: () => withS3((bench) => findsMissing(callsOf(bench), few)) },
    { id: 's3/destroy', run: () => withS3((bench) => destroys(callsOf(bench), few)) },
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

function callsOf(bench: S3Bench): StoreCalls {
  const { store, peers } = bench;
  return {
    bare: {
      read: async (name) => Buffer.from((await bench.get(name).catch(() => undefined)) ?? []),
      write: (name, text) => bench.put(name, text),
      remove: (name) => bench.remove(name),
    },
    store,
    peers: peers.all,
  };
}
