import { registerConformance } from '@sandkeep/persist-conformance';
import { describe, it } from 'vitest';
import { memoryHarness } from './memory-harness.js';

registerConformance({ describe, it }, memoryHarness);
