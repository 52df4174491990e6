import { registerConformance } from '@sandkeep/persist-conformance';
import { describe, it } from 'vitest';
import { lmdbHarness } from './lmdb-harness.js';

registerConformance({ describe, it }, lmdbHarness);
