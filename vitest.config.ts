import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The projects in reverse order of their names: no long file of `test-e2e` is left to the end, to run there alone. */
class EndToEndFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => b.project.name.localeCompare(a.project.name));
  }
}

export default defineConfig({
  test: {
    projects: ['packages/*', 'test-e2e', 'publishing'],
    sequence: { sequencer: EndToEndFirst },
    // The tests wait for leases, servers and child processes more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
