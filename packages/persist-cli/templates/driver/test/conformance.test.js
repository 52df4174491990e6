import { describe, it } from 'node:test';
import { registerConformance } from '@sandkeep/persist-conformance';
import harness from './harness.js';

registerConformance({ describe, it }, harness);
