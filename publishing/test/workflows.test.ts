import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { repository } from '../src/published-packages.js';

const directory = join(repository, '.github/workflows');
const permissions = z.record(z.enum(['contents', 'id-token']), z.enum(['read', 'write']).optional());
const step = z.union([
  z.strictObject({
    uses: z.string().regex(/^actions\/[\w-]+@v\d+\.\d+\.\d+$/),
    with: z.record(z.string(), z.unknown()).optional(),
  }),
  z.strictObject({ run: z.string(), env: z.record(z.string(), z.unknown()).optional() }),
]);
const workflow = z.strictObject({
  name: z.string(),
  on: z.partialRecord(z.enum(['push', 'pull_request', 'workflow_dispatch']), z.unknown()),
  permissions,
  concurrency: z.string().optional(),
  jobs: z.record(
    z.string(),
    z.strictObject({
      if: z.string().optional(),
      'runs-on': z.string(),
      'timeout-minutes': z.int(),
      strategy: z
        .strictObject({ 'fail-fast': z.boolean(), matrix: z.record(z.string(), z.array(z.unknown())) })
        .optional(),
      permissions: permissions.optional(),
      steps: z.array(step).min(1),
    }),
  ),
});

/** Parsed strictly: a key that is there twice, for example, is an error. */
function read(file: string): z.infer<typeof workflow> {
  return workflow.parse(parse(readFileSync(join(directory, file), 'utf8'), { strict: true, uniqueKeys: true }));
}

test('there are these workflows, and their actions are pinned', () => {
  expect(readdirSync(directory).sort()).toEqual(['ci.yml', 'release.yml']);
});

describe('a change', () => {
  test('is checked by .ci/run on every supported Node, and by nothing that may write', () => {
    const { jobs, permissions } = read('ci.yml');
    const { test: job } = jobs;
    expect(permissions).toEqual({ contents: 'read' });
    expect(job?.strategy?.matrix).toEqual({ node: [20, 22, 24] });
    expect(job?.steps).toContainEqual(expect.objectContaining({ run: expect.stringMatching(/ \.ci\/run$/) }));
    expect(JSON.stringify(job?.steps)).toContain('${{ matrix.node }}');
  });
});

describe('a release', () => {
  test('passes .ci/run first, and is published by lerna with provenance', () => {
    const { jobs } = read('release.yml');
    const { publish } = jobs;
    expect(publish?.permissions).toEqual({ contents: 'write', 'id-token': 'write' });
    const runs = publish?.steps.flatMap((one) => ('run' in one ? [one] : [])) ?? [];
    expect(runs[0]?.run).toMatch(/ \.ci\/run$/);
    expect(runs.at(-1)).toMatchObject({
      run: expect.stringMatching(/^npx lerna publish --yes$/m),
      env: { NPM_CONFIG_PROVENANCE: true },
    });
    // lerna finds what has changed in the whole history.
    expect(publish?.steps[0]).toMatchObject({ with: { 'fetch-depth': 0 } });
  });
});
