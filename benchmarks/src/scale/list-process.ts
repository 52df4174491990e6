import { SandboxStore } from '@sandkeep/persist-api';
import { open } from './filled-store.js';

/** What a process says that lists a store. */
export interface Listing {
  readonly count: number;
  readonly milliseconds: number;
  /** The most memory that the process had, all of Node included. */
  readonly peakMegabytes: number;
}

const [url = '', namespace] = process.argv.slice(2);
await using driver = await open(url);
const store = new SandboxStore(driver, { namespace });
const begun = performance.now();
let count = 0;
for await (const _ of store.list()) count += 1;
const milliseconds = performance.now() - begun;
const listing: Listing = { count, milliseconds, peakMegabytes: process.resourceUsage().maxRSS / 1024 };
console.log(JSON.stringify(listing));
