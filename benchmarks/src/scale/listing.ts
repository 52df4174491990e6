import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from '../measure/compare.js';
import type { Group, Measurement } from '../measure/group.js';
import { type Backend, fill } from './filled-store.js';
import type { Listing } from './list-process.js';

const counts = [1_000, 10_000, 100_000];
const runs = 5;

/** How fast a new process lists everything as the store grows, and how much memory it takes. */
export async function listing({ title, open: openBackend }: Backend): Promise<Group> {
  const backend = await openBackend();
  const { url } = backend;
  try {
    const measurements: Measurement[] = [];
    const empty = await list(url, 'nothing-there');
    let filled = 0;
    for (const count of counts) {
      await fill(backend, filled, count);
      filled = count;
      const listings: Listing[] = [];
      for (let run = 0; run < runs; run += 1) listings.push(await list(url));
      if (listings.some((each) => each.count !== count)) throw new Error(`not all of ${count} were listed`);
      measurements.push({
        name: `${count.toLocaleString('en')} sandboxes`,
        value: (count / median(listings.map(({ milliseconds }) => milliseconds))) * 1000,
        note: memoryOf(listings, empty),
      });
    }
    return { title: `list all with ${title}`, unit: 'per second', measurements };
  } finally {
    await backend.close();
  }
}

/** What a note says of the memory; `empty` is a listing of nothing. */
function memoryOf(listings: readonly Listing[], empty: Listing): string {
  const own = Math.max(...listings.map(({ peakOwnMegabytes }) => peakOwnMegabytes));
  const all = Math.max(...listings.map(({ peakMegabytes }) => peakMegabytes));
  const [most, least, mapped] = [own, empty.peakOwnMegabytes, all].map(Math.round);
  return `${most} MB (${least} MB with nothing to list), ${mapped} MB with the files that are mapped`;
}

async function list(url: string, ...args: string[]): Promise<Listing> {
  const script = fileURLToPath(new URL('list-process.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, url, ...args]);
  return JSON.parse(stdout);
}
