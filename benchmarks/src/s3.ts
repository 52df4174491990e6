import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { SandboxStore } from '@sandkeep/persist-api';
import { openS3Driver } from '@sandkeep/persist-s3';
import { type Candidate, compare } from './compare.js';
import type { Group } from './group.js';
import { startS3Server } from './s3-server.js';
import { sampleState } from './sample.js';

const inFlight = 16;
const Bucket = `sandkeep-bench-${process.pid}`;

/** The S3 driver beside bare calls of the SDK with the same bytes, through the same client. */
export async function benchS3(): Promise<Group[]> {
  const server = await startS3Server();
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
  });
  let requests = 0;
  const count = (next: (args: never) => Promise<never>) => (args: never) => {
    requests += 1;
    return next(args);
  };
  client.middlewareStack.add(count as never, { step: 'finalizeRequest', name: 'countRequests' });
  /** Says in the candidate's name how many requests it makes. */
  const counted = async ({ name, run }: Candidate): Promise<Candidate> => {
    await run();
    requests = 0;
    await run();
    return { name: `${name} (requests: ${requests})`, run };
  };
  try {
    await client.send(new CreateBucketCommand({ Bucket }));
    await using driver = await openS3Driver({ client, bucket: Bucket });
    const store = new SandboxStore(driver);
    const state = sampleState(10);
    let revision = await store.save('box', state);
    const stored = new GetObjectCommand({ Bucket, Key: 'default/sandboxes/box' });
    const Body = Buffer.from((await (await client.send(stored)).Body?.transformToByteArray()) ?? []);
    const data = (await driver.read('default/sandboxes/box'))?.data ?? new Uint8Array();
    const put = (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body }));
    const get = async (Key: string) =>
      (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToByteArray();
    const together = (run: (index: number) => Promise<unknown>) => () =>
      Promise.all(Array.from({ length: inFlight }, (_, index) => run(index)));
    const groups: [title: string, candidates: Candidate[]][] = [
      [
        `write ${Math.round(data.byteLength / 1024)} KB`,
        [
          { name: 'bare PutObject', run: () => put('bare') },
          { name: 'driver.write', run: () => driver.write('key', data) },
          {
            name: 'store.save with ifRevision',
            run: async () => {
              revision = await store.save('box', state, { ifRevision: revision });
            },
          },
        ],
      ],
      [
        `read ${Math.round(data.byteLength / 1024)} KB`,
        [
          { name: 'bare GetObject', run: () => get('bare') },
          { name: 'driver.read', run: () => driver.read('key') },
          { name: 'store.load', run: () => store.load('box') },
        ],
      ],
      [
        `${inFlight} writes at once`,
        [
          { name: 'bare PutObject', run: together((index) => put(`bare${index}`)) },
          { name: 'driver.write', run: together((index) => driver.write(`key${index}`, data)) },
        ],
      ],
      [
        `${inFlight} reads at once`,
        [
          { name: 'bare GetObject', run: together((index) => get(`bare${index}`)) },
          { name: 'driver.read', run: together((index) => driver.read(`key${index}`)) },
        ],
      ],
    ];
    const results: Group[] = [];
    for (const [title, candidates] of groups) {
      const effort = title.includes('at once') ? { rounds: 20, runs: 2 } : { rounds: 20, runs: 10 };
      const ready: Candidate[] = [];
      for (const candidate of candidates) ready.push(await counted(candidate));
      results.push({ title, measurements: await compare(ready, effort) });
    }
    return results;
  } finally {
    await dropBucket(client);
    client.destroy();
    await server.close();
  }
}

async function dropBucket(client: S3Client): Promise<void> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
    await Promise.all(Contents.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket, Key }))));
  }
  await client.send(new DeleteBucketCommand({ Bucket }));
}
