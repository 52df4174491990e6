import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeOfVersion } from '../../src/node-version.js';
import { Project, type Surroundings, typeScriptSettings } from '../../src/project.js';
import { full, managers, nodeMajors } from '../support/extent.js';
import { filesOf, installOf, quickStarts } from '../support/quick-starts.js';
import { startServers } from '../support/servers.js';

const typed = quickStarts.filter(({ types = true }) => types);
const settings = Object.keys(typeScriptSettings) as (keyof typeof typeScriptSettings)[];

let servers: Awaited<ReturnType<typeof startServers>>;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers?.close());

/** Compiles the quick starts as TypeScript, all at once, and runs them. */
async function compileAndRun(project: Project, starts: typeof typed): Promise<void> {
  const files = starts.map(({ folder }) => `${folder}/quick-start.ts`);
  for (const [n, start] of starts.entries()) {
    project.write(files[n] ?? '', filesOf(start, servers).get('quick-start.js') ?? '');
  }
  for (const one of settings) {
    await project.compile(files, one);
    if (!full && one !== 'nodenext') continue; // they are the same programs
    for (const { folder, prints, prepare } of starts) {
      await prepare?.(join(project.directory, one, folder));
      expect(await project.node(`${one}/${folder}/quick-start.js`), folder).toBe(prints);
    }
  }
}

describe.each(nodeMajors)('strict TypeScript, NodeNext and bundler resolution, on Node %i', (major) => {
  let surroundings: Surroundings;
  beforeAll(async () => {
    surroundings = { registry: inject('registry'), directory: inject('projects'), node: await nodeOfVersion(major) };
  });

  test.skipIf(full)('the quick starts of all packages, installed together', async () => {
    const project = new Project('npm', surroundings);
    await project.install(...new Set(typed.flatMap(({ folder }) => installOf(folder))));
    await compileAndRun(project, typed);
  });

  describe.runIf(full).each(managers)('installed alone with %s', (manager) => {
    test.each(typed)('the quick start of $folder', async (start) => {
      const project = new Project(manager, surroundings);
      await project.install(...installOf(start.folder));
      await compileAndRun(project, [start]);
    });
  });
});
