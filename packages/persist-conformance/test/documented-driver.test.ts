import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, it } from 'vitest';
import { registerConformance } from '../src/index.js';

// The driver of docs/writing-a-driver.md, as it is printed there.
const text = readFileSync(new URL('../../../docs/writing-a-driver.md', import.meta.url), 'utf8');
const [, source = ''] = /```js\n(.*?)```/s.exec(text) ?? [];
const directory = mkdtempSync(join(fileURLToPath(new URL('.', import.meta.url)), 'documented-driver-'));
writeFileSync(join(directory, 'map-driver.mjs'), source);
const { mapDriver, newStorage } = await import(pathToFileURL(join(directory, 'map-driver.mjs')).href);
afterAll(() => rmSync(directory, { recursive: true }));

registerConformance(
  { describe, it },
  {
    name: 'the documented driver',
    create: async () => newStorage(),
    open: async (storage) => mapDriver(storage),
    openPeer: async (storage) => mapDriver(storage),
    dispose: async () => {},
  },
);
