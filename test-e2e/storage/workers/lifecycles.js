/**
 * Takes containers through their whole life on a storage that others use, too, until the time is over: makes
 * one under a name that all compete for, or one of its own, starts it twice, writes, stops it, deletes it.
 *
 *     node lifecycles.js <records> <graph root> <run root> <own name> <milliseconds>
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDriver } from '@sandkeep/persist-api';
import { StorageService } from '@sandkeep/persist-storage';

const [records, graphRoot, runRoot, own, milliseconds] = process.argv.slice(2);
const driver = await openDriver(records);
const storage = await StorageService.open({ driver, graphRoot, runRoot });
process.stdout.write('ready\n');

const end = Date.now() + Number(milliseconds);
const counts = { lives: 0, lost: 0 };
for (let n = 0; Date.now() < end || n < 4; n++) {
  const containerName = n % 2 === 0 ? 'contended' : `${own}-${n}`;
  let id;
  try {
    ({ id } = await storage.createContainerStorage({ imageName: 'base', containerName }));
  } catch (error) {
    if (error.code !== 'CONFLICT' || containerName !== 'contended') throw error;
    counts.lost += 1;
    continue;
  }
  const rootfs = await storage.startContainer(id);
  writeFileSync(join(rootfs, 'data', own), own, { flag: 'wx' });
  if ((await storage.startContainer(containerName)) !== rootfs) throw new Error('another mount point');
  if ((await storage.stopContainer(containerName)) !== 1) throw new Error('a wrong count of mounts');
  if ((await storage.stopContainer(id)) !== 0) throw new Error('a wrong count of mounts');
  await storage.deleteContainer(id);
  counts.lives += 1;
}
await driver.close();
process.stdout.write(`done ${JSON.stringify(counts)}\n`);
