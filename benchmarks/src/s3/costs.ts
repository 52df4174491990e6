import { PutObjectCommand } from '@aws-sdk/client-s3';
import { openS3Driver } from '@sandkeep/persist-s3';
import type { Candidate } from '../measure/candidate.js';
import { median, withRatios } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import type { S3Bench } from './bench.js';
import { s3Client } from './bucket.js';

/** The first write of a process that has its libraries loaded: a new client, its first connection, the probing. */
export async function coldStart({ server, bucket, body }: S3Bench): Promise<Group> {
  const times: Readonly<Record<string, number[]>> = {
    'new S3Client, PutObject': [],
    'openS3Driver, driver.write': [],
  };
  const first = async (name: string, run: () => Promise<unknown>) => {
    const begun = performance.now();
    await run();
    times[name]?.push(performance.now() - begun);
  };
  for (let round = 0; round < 21; round += 1) {
    const bare = s3Client(server);
    await first('new S3Client, PutObject', () =>
      bare.send(new PutObjectCommand({ Bucket: bucket, Key: 'cold', Body: body })),
    );
    bare.destroy();
    const client = s3Client(server);
    await first('openS3Driver, driver.write', async () => {
      const driver = await openS3Driver({ client, bucket });
      await driver.write('cold', body);
    });
    client.destroy();
  }
  return {
    title: 'from nothing to the first write of 15 KB',
    unit: 'ms',
    measurements: withRatios(Object.entries(times).map(([name, values]) => ({ name, value: median(values) }))),
  };
}

/** The processor time of this process for one request, the server's not included. */
export async function cpuPerRequest(bench: S3Bench): Promise<Group> {
  const { driver, store, body } = bench;
  await store.save('cpu', { sandbox: { state: 'ready' }, containers: new Map() });
  await bench.put('cpu');
  await driver.write('cpu', body);
  const candidates: Candidate[] = [
    { name: 'bare PutObject', run: () => bench.put('cpu') },
    { name: 'driver.write', run: () => driver.write('cpu', body) },
    { name: 'bare GetObject', run: () => bench.get('cpu') },
    { name: 'driver.read', run: () => driver.read('cpu') },
  ];
  const times = new Map<string, number[]>(candidates.map(({ name }) => [name, []]));
  for (let round = -2; round < 15; round += 1) {
    for (const { name, run } of candidates) {
      const begun = process.cpuUsage();
      for (let request = 0; request < 20; request += 1) await run();
      const { user, system } = process.cpuUsage(begun);
      if (round >= 0) times.get(name)?.push((user + system) / 20);
    }
  }
  const measured = [...times].map(([name, values]) => ({ name, value: median(values) }));
  return {
    title: 'processor time of the client for one request of 15 KB',
    unit: 'µs',
    measurements: [...withRatios(measured.slice(0, 2)), ...withRatios(measured.slice(2))],
  };
}
