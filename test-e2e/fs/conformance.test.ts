import { tmpdir } from 'node:os';
import { registerConformance } from '@sandkeep/persist-conformance';
import { describe, it } from 'vitest';
import { tracedFsHarness } from './traced-fs-harness.js';

// The other cases run with the package's own tests.
registerConformance({ describe, it }, tracedFsHarness(tmpdir()), { only: ['E50', 'E52'] });
