import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The runs of the suite that are no part of `npm test`: `npm run conformance:matrix`, `npm run conformance:repeat`. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.run.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
  },
});
