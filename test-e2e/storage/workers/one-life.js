/**
 * Makes a storage, takes one container through its life, and prints what it found as JSON.
 *
 *     node one-life.js <graph root> <run root> <layout>
 */
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryDriver } from '@sandkeep/persist-api';
import { StorageService } from '@sandkeep/persist-storage';

const [graphRoot, runRoot, layout] = process.argv.slice(2);
const storage = await StorageService.open({ driver: memoryDriver(), graphRoot, runRoot, create: true });
const image = await storage.images.importOciLayout(layout);
const { id } = await storage.createContainerStorage({ imageId: image.id, containerName: 'one' });
const rootfs = await storage.startContainer(id);
writeFileSync(join(rootfs, 'written'), 'by the container');
const modes = Object.fromEntries(
  readdirSync(rootfs).map((name) => [name, (lstatSync(join(rootfs, name)).mode & 0o7777).toString(8)]),
);
const secret = readFileSync(join(rootfs, 'secret'), 'utf8');
await storage.stopContainer(id);
const refused = await storage.images.removeImage(image.id).catch(({ code }) => code);
await storage.deleteContainer(id);
await storage.images.removeImage(image.id);
const left = readdirSync(join(graphRoot, storage.layerDriver));
const { layerDriver, reason } = storage;
const problems = await storage.check();
process.stdout.write(
  `${JSON.stringify({ layerDriver, reason, losses: image.losses, modes, secret, refused, left, problems })}\n`,
);
