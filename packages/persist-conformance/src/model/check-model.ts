import * as fc from 'fast-check';
import type { CaseContext } from '../case-context.js';
import { anyCommand, type Command, describeCommand, instanceCount } from './command.js';
import { ModelRun } from './model-run.js';

/** Shrinking ends then, with the shortest failing sequence so far. */
const timeLimitMs = 40_000;

/**
 * Gives random sequences of commands to three instances and to the model.
 *
 * Fails the case with the shortest failing sequence that it finds by shrinking.
 */
export async function checkModel(context: CaseContext, sequences: number, longest: number): Promise<void> {
  const instances = await Promise.all(Array.from({ length: instanceCount }, () => context.openPeer()));
  let runs = 0;
  const property = fc.asyncProperty(
    fc.array(anyCommand, { minLength: 1, maxLength: longest, size: 'max' }),
    async (commands) => {
      runs += 1;
      const run = new ModelRun(`run-${runs}`, instances, () => context.openPeer());
      for (const command of commands) await run.run(command);
      await run.finish();
    },
  );
  const seed = context.random.integer(2 ** 31);
  const details = await fc.check(property, {
    seed,
    numRuns: sequences,
    interruptAfterTimeLimit: timeLimitMs,
  });
  if (details.failed) throw new Error(tellStory(details), { cause: details.errorInstance });
}

function tellStory({ counterexample, errorInstance, numRuns, numShrinks }: fc.RunDetails<[Command[]]>): string {
  const commands = counterexample?.[0] ?? [];
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const steps = commands.map((command, index) => `  ${index + 1}. ${describeCommand(command)}`);
  return [
    why,
    '',
    `This sequence shows it (the ${numRuns}. of the random ones, shortened ${numShrinks} times):`,
    ...steps,
    '  and then a look at all documents',
  ].join('\n');
}
