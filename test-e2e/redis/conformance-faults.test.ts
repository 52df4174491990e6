import { registerConformance } from '@sandkeep/persist-conformance';
import { describe, it } from 'vitest';
import { ownServerHarness } from './own-server-harness.js';

registerConformance({ describe: describe.concurrent, it }, ownServerHarness, { only: ['E50', 'J94', 'L110'] });
