import { crc32 } from 'node:zlib';
import { encodeJson } from '@sandkeep/persist-api';
import { FsBench } from '../fs/bench.js';
import { tmpfs } from '../fs/place.js';
import type { Candidate } from '../measure/candidate.js';
import { compare } from '../measure/compare.js';
import type { Group } from '../measure/group.js';
import { fromPlain, toPlain } from '../workload/plain-state.js';
import { sampleState } from '../workload/sample.js';
import { change } from '../workload/store-calls.js';

/** Where the time of an update goes when a sandbox has 1000 containers. */
export async function updateParts(): Promise<Group> {
  await using bench = await FsBench.open(tmpfs);
  const { driver, store } = bench;
  const state = sampleState(1000);
  const bytes = await bench.bytesOf(1000);
  const plain = toPlain(state);
  const text = String(Buffer.from(bytes));
  await store.save('box', state);
  const parts: Candidate[] = [
    { name: 'store.update of one container', run: () => store.update('box', (draft) => void change(draft)) },
    {
      name: 'store.update that looks at all containers',
      run: () => store.update('box', (draft) => void [...change(draft).containers]),
    },
    { name: 'read', run: () => driver.read('default/sandboxes/box') },
    { name: 'JSON.parse', run: () => JSON.parse(text) },
    { name: 'validate, before or after the change', run: () => fromPlain(plain) },
    { name: 'JSON.stringify', run: () => JSON.stringify(plain) },
    { name: 'encodeJson: JSON.stringify, and refusing what JSON would lose', run: () => encodeJson(plain) },
    { name: 'CRC-32', run: () => crc32(bytes) },
    { name: 'write', run: () => driver.write('raw', bytes) },
  ];
  const measured = await compare(parts, { rounds: 10, runs: 5 });
  return {
    title: 'an update of one of 1000 containers, 1.2 MB, on tmpfs, and what it and the whole consist of',
    unit: 'µs',
    measurements: measured.map(({ name, value }) => ({ name, value })),
  };
}
