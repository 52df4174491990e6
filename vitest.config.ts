import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*', 'test-e2e', 'publishing'],
    // The tests wait for leases, servers and child processes more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
