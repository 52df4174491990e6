import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { registerConformance } from '@sandkeep/persist-conformance';
import { describe, it } from 'vitest';
import { memoryHarness } from '../../packages/persist-conformance/test/memory-harness.js';
import { fsHarness } from '../../packages/persist-fs/test/fs-harness.js';
import { wrappedHarness } from './wrapped-harness.js';

const [base = tmpdir()] = ['/dev/shm'].filter(existsSync);

// The matrix has all of them. Listings and locks are those of the driver inside, but for names, signals and closing.
const sections = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'J', 'K'];
const passedOn = ['H67', 'H69', 'I71-processes', 'I76', 'I77', 'I82'];
registerConformance({ describe, it }, wrappedHarness(fsHarness(base), 'compressed and encrypted'), {
  only: [...sections, ...passedOn],
});

// What one wrapper could do to documents and errors without the other; the rest is the same code.
const only = ['A', 'B', 'J'];
registerConformance({ describe, it }, wrappedHarness(memoryHarness, 'encrypted'), { only });
registerConformance({ describe, it }, wrappedHarness(memoryHarness, 'compressed'), { only });
