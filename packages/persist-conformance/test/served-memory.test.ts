import { registerConformance } from '@sandkeep/persist-conformance';
import { describe, it } from 'vitest';
import { servedMemoryHarness } from './served-memory/harness.js';

registerConformance({ describe, it }, servedMemoryHarness);
