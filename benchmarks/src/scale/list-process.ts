import { readFileSync } from 'node:fs';
import { SandboxStore } from '@sandkeep/persist-api';
import { open } from './open.js';

/** What a process says that lists a store. */
export interface Listing {
  readonly count: number;
  readonly milliseconds: number;
  /** The most memory that the process had, all of Node and the pages of mapped files included. */
  readonly peakMegabytes: number;
  /** The most that it had of its own, without those pages, which the kernel takes back when it needs them. */
  readonly peakOwnMegabytes: number;
}

const sampleEvery = 1000;

const [url = '', namespace] = process.argv.slice(2);
await using driver = await open(url);
const store = new SandboxStore(driver, { namespace });
const begun = performance.now();
let count = 0;
let peakOwnMegabytes = ownMegabytes();
for await (const _ of store.list()) {
  count += 1;
  if (count % sampleEvery === 0) peakOwnMegabytes = Math.max(peakOwnMegabytes, ownMegabytes());
}
const milliseconds = performance.now() - begun;
const peakMegabytes = process.resourceUsage().maxRSS / 1024;
const listing: Listing = { count, milliseconds, peakMegabytes, peakOwnMegabytes };
console.log(JSON.stringify(listing));

/** Anonymous memory (proc(5)). */
function ownMegabytes(): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) / 1024;
}
