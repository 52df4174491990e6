import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SupervisorProcess } from '../dist/demo/supervisor-process.js';
import { freshStore, processesWith } from './cli.js';

/** Saves until all containers have been started. */
const saves = 6;

describe.each(Array.from({ length: saves + 1 }, (_, told) => told))('killed after it told of %i saves', (told) => {
  it('leaves only processes that the next one knows, adopts and ends', async () => {
    const { url } = await freshStore();
    const namespace = `test-${randomBytes(4).toString('hex')}`;
    const first = await SupervisorProcess.start({ url, namespace });
    onTestFinished(() => first.cutLifeline());
    await first.next('restored');
    for (let count = 0; count < told; count += 1) await first.next('saved');
    const unread = await first.kill();

    const second = await SupervisorProcess.start({ url, namespace });
    onTestFinished(() => second.cutLifeline());
    const { sandboxes } = await second.next('restored');
    if (told + unread.length === 0 && sandboxes.length === 0) return void (await second.kill());
    const recorded = sandboxes.flatMap(({ containers }) => containers.map(({ pid }) => pid));
    await vi.waitFor(
      async () => {
        const running = [...(await processesWith(`${namespace}/`)).keys()];
        expect(recorded).toEqual(expect.arrayContaining(running));
      },
      { timeout: 50_000 },
    );
    for (const _ of sandboxes) await second.next('saved');
    second.end();
    for (const _ of sandboxes) await second.next('ended');
    await second.exited();
    expect(await processesWith(namespace)).toEqual(new Map());
  });
});

it('what a supervisor finds dead, it saves as stopped', async () => {
  const { url } = await freshStore();
  const namespace = `test-${randomBytes(4).toString('hex')}`;
  const first = await SupervisorProcess.start({ url, namespace });
  onTestFinished(() => first.cutLifeline());
  for (const type of ['restored', ...Array(saves).fill('saved')]) await first.next(type);
  await first.kill();
  await first.cutLifeline();

  const second = await SupervisorProcess.start({ url, namespace });
  expect((await second.next('restored')).sandboxes).toMatchObject([
    { id: 'jobs', containers: [{ state: 'running' }], alive: [] },
    { id: 'web', containers: Array(3).fill({ state: 'running' }), alive: [] },
  ]);
  for (const count of [1, 3]) {
    const { sandbox } = await second.next('saved');
    expect(sandbox.containers).toMatchObject(Array(count).fill({ state: 'stopped' }));
  }
  second.end();
  for (const type of ['ended', 'ended'] as const) await second.next(type);
  await second.exited();
});

it('containers that were acknowledged survive their supervisor', async () => {
  const { url } = await freshStore();
  const namespace = `test-${randomBytes(4).toString('hex')}`;
  const supervisor = await SupervisorProcess.start({ url, namespace });
  await supervisor.next('restored');
  for (let count = 0; count <= saves; count += 1) await supervisor.next('saved');
  await supervisor.kill();
  expect((await processesWith(`${namespace}/`)).size).toBe(4);
  await supervisor.cutLifeline();
  await vi.waitFor(async () => expect(await processesWith(namespace)).toEqual(new Map()), { timeout: 50_000 });
});
