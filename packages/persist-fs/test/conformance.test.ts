import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { registerConformance } from '@sandkeep/persist-conformance';
import { describe, it } from 'vitest';
import { fsHarness } from './fs-harness.js';

for (const base of ['/dev/shm', tmpdir()].filter(existsSync)) registerConformance({ describe, it }, fsHarness(base));
