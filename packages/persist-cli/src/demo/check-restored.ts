import { CommandFailure } from '../command-failure.js';
import type { Acknowledged } from './acknowledged.js';
import { isAlive } from './container-process.js';
import type { RestoredSandbox } from './supervisor-event.js';

/**
 * Checks what a new supervisor says that it restored.
 * @throws CommandFailure that names everything that differs from what was acknowledged, and every container
 * of which the operating system says something else
 */
export async function checkRestored(acknowledged: Acknowledged, restored: readonly RestoredSandbox[]): Promise<void> {
  const wrong = acknowledged.compare(restored);
  for (const id of acknowledged.processes) {
    const isAdopted = restored.some(({ id: sandbox, alive }) => sandbox === id.sandbox && alive.includes(id.container));
    if (isAdopted === (await isAlive(id))) continue;
    wrong.push(
      `${id.sandbox}/${id.container} is ${isAdopted ? 'dead, but was adopted' : 'alive, but was not adopted'}`,
    );
  }
  if (wrong.length > 0) throw new CommandFailure(`what was restored is wrong: ${wrong.join('; ')}`);
}
