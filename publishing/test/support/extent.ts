import type { PackageManager } from '../../src/project.js';

/** Whether everything is tried with everything: `SANDKEEP_TORTURE=1`. */
export const full = process.env.SANDKEEP_TORTURE === '1';

/** The major versions of Node that packages are tried on: that of the tests, or all that are supported. */
export const nodeMajors = full ? [20, 22, 24] : [Number.parseInt(process.versions.node, 10)];

export const managers: readonly PackageManager[] = ['npm', 'pnpm'];
