import { expect, it } from 'vitest';
import { Acknowledged } from '../src/demo/acknowledged.js';
import { checkRestored } from '../src/demo/check-restored.js';
import { processStart } from '../src/demo/process-start.js';

const start = String(await processStart(process.pid));
const alive = { id: 'alive', state: 'running', pid: process.pid, start } as const;
const dead = { id: 'dead', state: 'running', pid: process.pid, start: 'another boot/1' } as const;
const web = { id: 'web', state: 'running', step: 5, revision: 'r5', containers: [alive, dead] } as const;

function check(...restored: Parameters<typeof checkRestored>[1]): Promise<void> {
  const acknowledged = new Acknowledged();
  acknowledged.add({ type: 'saved', sandbox: web });
  return checkRestored(acknowledged, restored);
}

it('accepts what was acknowledged, with the containers adopted that are alive', async () => {
  await check({ ...web, alive: ['alive'] });
});

it('names everything that is wrong', async () => {
  await expect(check({ ...web, alive: ['dead'] })).rejects.toThrow(
    'web/alive is alive, but was not adopted; web/dead is dead, but was adopted',
  );
  await expect(check()).rejects.toThrow('sandbox web is missing; web/alive is alive, but was not adopted');
});
