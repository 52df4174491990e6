import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeOfVersion } from '../../src/node-version.js';
import { Project, type Surroundings } from '../../src/project.js';
import { full, managers, nodeMajors } from '../support/extent.js';
import { filesOf, installOf, quickStarts } from '../support/quick-starts.js';
import { startServers } from '../support/servers.js';

let servers: Awaited<ReturnType<typeof startServers>>;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers?.close());

describe.each(nodeMajors)('on Node %i', (major) => {
  let surroundings: Surroundings;
  beforeAll(async () => {
    surroundings = { registry: inject('registry'), directory: inject('projects'), node: await nodeOfVersion(major) };
  });

  describe.concurrent.each(managers)('installed alone with %s', (manager) => {
    // What pnpm's strict layout can break is how a driver is found.
    const tried = quickStarts.filter(({ configuration }) => full || manager === 'npm' || configuration !== undefined);
    test.each(tried)('the quick start of $folder, and the choice by configuration', async (quickStart) => {
      const { folder, prints, prepare, configuration } = quickStart;
      const project = new Project(manager, surroundings);
      await project.install(...installOf(folder));
      await prepare?.(project.directory);
      for (const [name, code] of filesOf(quickStart, servers)) project.write(name, code);
      const printed = await project.node('quick-start.js');
      if (typeof prints === 'string') expect(printed).toBe(prints);
      else expect(printed).toMatch(prints);

      if (configuration === undefined) return;
      const { file, url } = configuration(servers, project.directory);
      const driver = folder.replace('persist-', '');
      project.write('sandkeep.config.json', JSON.stringify(file));
      for (const name of ['by-configuration.mjs', 'by-configuration.cjs']) {
        project.write(name, readFileSync(new URL(`../support/programs/${name}`, import.meta.url), 'utf8'));
      }
      expect(await project.node('by-configuration.mjs')).toBe(`${driver} file running\n`);
      expect(await project.node('by-configuration.cjs', { SANDKEEP_URL: url })).toBe(`${driver} url running\n`);
    });
  });
});
