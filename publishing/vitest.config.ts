import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'publishing',
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/published.ts',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxConcurrency: 3,
  },
});
