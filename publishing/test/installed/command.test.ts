import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { writeKataTree } from '@sandkeep/persist-kata';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { codeBlocks } from '../../../test-e2e/docs/code-blocks.js';
import { lasting, transcript } from '../../../test-e2e/docs/transcript.js';
import { RedisServer } from '../../../test-e2e/services/redis-server.js';
import { requireTool } from '../../../test-e2e/support/tools.js';
import { nodeOfVersion } from '../../src/node-version.js';
import { npmEnvironment } from '../../src/npm-environment.js';
import { type PackageManager, Project } from '../../src/project.js';
import { full, managers, nodeMajors } from '../support/extent.js';
import { installOf } from '../support/quick-starts.js';

let server: RedisServer;
beforeAll(async () => {
  requireTool('jq', 'jq');
  server = await RedisServer.start();
});
afterAll(() => server?.kill());

async function projectWith(manager: PackageManager, packages: readonly string[], major?: number): Promise<Project> {
  const node = major === undefined ? process.execPath : await nodeOfVersion(major);
  const project = new Project(manager, { registry: inject('registry'), directory: inject('projects'), node });
  await project.install(...packages);
  return project;
}

describe.each(nodeMajors)('the README of persist-cli, on Node %i', (major) => {
  test.each(full ? managers : (['npm'] as const))(
    'is true as it is printed, installed alone with %s',
    async (manager) => {
      const page = 'packages/persist-cli/README.md';
      const project = await projectWith(manager, installOf('persist-cli'), major);
      const first = (language: string) => codeBlocks(page).find((block) => block.language === language)?.code ?? '';
      project.write('sandkeep.config.json', first('json'));
      project.write('save.mjs', first('js'));
      await project.node('save.mjs');
      await writeKataTree(join(project.directory, 'vc'), [
        { id: 'kept', sandbox: { state: 'running' }, containers: new Map([['app', { state: 'running' }]]) },
      ]);
      for (const { language, code } of codeBlocks(page)) {
        if (language !== 'console') continue;
        for (const { command, output } of transcript(code)) {
          if (command.startsWith('npm install ')) continue;
          const said = await project.shell(command.replaceAll('/run/vc', './vc'));
          expect({ command, ...said }).toMatchObject({ code: 0 });
          if (output !== '') expect(lasting(said.stdout), command).toBe(lasting(output));
        }
      }
    },
  );
});

describe('sandkeep conformance, installed with the Redis driver', () => {
  let project: Project;
  beforeAll(async () => {
    project = await projectWith('npm', ['@sandkeep/persist-cli', '@sandkeep/persist-redis']);
    await withClient((client) => client.set('mine', '1'));
  });

  test('npx sandkeep conformance redis://… works, and leaves no key', async () => {
    const { code, stdout, stderr } = await conformance('A3,C,D33,I71-processes').ended;
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/in namespace sandkeep-conformance-\w+-\*: nothing else is touched, and it is removed/);
    expect(stdout).toMatch(/^all +9 +0 +0 /m);
    expect(await keys()).toEqual(['mine']);
  });

  test('Ctrl-C in the middle leaves no key and no process', async () => {
    const run = conformance('A3,I85');
    await vi.waitFor(
      async () => {
        expect(run.output()).toContain('passed A3');
        expect(await lockNames()).toContainEqual(expect.stringMatching(/^clock\//));
      },
      { timeout: 60_000, interval: 20 },
    );
    const group = -(run.pid as number);
    process.kill(group, 'SIGINT'); // to all of them, as a terminal does
    const { code } = await run.ended;
    expect(code).not.toBe(0);
    expect(run.output()).toContain('interrupted: what it had made is removed');
    expect(run.output()).not.toContain('FAILED');
    expect(await keys()).toEqual(['mine']);
    expect(() => process.kill(group, 0), 'nobody of its group is left').toThrow('ESRCH');
  });

  /** Runs in a process group of its own. */
  function conformance(only: string) {
    const args = ['--no', 'sandkeep', 'conformance', server.url, '--only', only];
    const options = { cwd: project.directory, env: npmEnvironment(), detached: true };
    const child = spawn('npx', args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (said[name] += chunk));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
    return { pid: child.pid, output: () => said.stdout + said.stderr, ended };
  }
});

function keys(): Promise<string[]> {
  return withClient((client) => client.keys('*'));
}

/** Those that are held, of every namespace. */
function lockNames(): Promise<string[]> {
  return withClient(async (client) => {
    const names = (await client.keys('*:l')).map((locks) => client.hkeys(locks));
    return (await Promise.all(names)).flat();
  });
}

async function withClient<T>(use: (client: ReturnType<RedisServer['client']>) => Promise<T>): Promise<T> {
  const client = server.client();
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}
