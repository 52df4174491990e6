import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { PrivateRegistry } from '../../src/private-registry.js';
import { ThrowAwayRepository } from '../../src/throw-away-repository.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of a private registry, to which all packages were published. */
    readonly registry: string;
    /** A directory for projects that install from there. */
    readonly projects: string;
  }
}

/** Publishes all packages once, for all test files. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const projects = mkdtempSync(join(tmpdir(), 'sandkeep-projects-'));
  const registry = await PrivateRegistry.start();
  const release = await ThrowAwayRepository.make(registry.url);
  try {
    await release.lerna('publish', 'from-package', '--yes');
  } finally {
    release.remove();
  }
  provide('registry', registry.url);
  provide('projects', projects);
  return async () => {
    await registry.close();
    await rm(projects, { recursive: true, force: true }); // thousands of files: not at a stretch
  };
}
