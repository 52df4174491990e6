import { type Harness, runConformance } from '@sandkeep/persist-conformance';
import { expect, it } from 'vitest';
import type { Fault } from './faulty-drivers/faulty-driver.js';
import { faults } from './faulty-drivers/index.js';
import { memoryHarness } from './memory-harness.js';
import { servedMemoryHarness } from './served-memory/harness.js';

const harnesses = { memory: memoryHarness, 'served memory': servedMemoryHarness } as Record<string, Harness>;

it.each(faults)('$caughtBy catches: $fault', async (fault) => {
  const sound = harnesses[fault.over ?? 'memory'] as Harness;
  const only = [fault.caughtBy];
  const [good] = (await runConformance(sound, { only })).cases;
  expect(good?.status, 'the sound driver must pass the case').toBe('passed');
  const [bad] = (await runConformance(faulty(sound, fault), { only })).cases;
  expect(bad?.status, 'the faulty driver must fail the case').toBe('failed');
});

function faulty(sound: Harness, { fault, breakDriver }: Fault): Harness {
  return {
    ...sound,
    name: fault,
    open: async (location) => breakDriver(await sound.open(location)),
    openPeer: async (location) => breakDriver(await sound.openPeer(location)),
  };
}
