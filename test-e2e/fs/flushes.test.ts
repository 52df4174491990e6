import { expect, test } from 'vitest';
import { Strace } from '../support/strace.js';
import { callsOf, prepare } from './each-call.js';

test('a save flushes the file before it is renamed and the directory before it resolves', async () => {
  const calls = await callsOf('overwrite');
  const at = (name: string, text: RegExp) => calls.findIndex((call) => call.name === name && text.test(call.text));
  const flushOfFile = at('fsync', /staged\/[^/]*\.draft>/);
  const commit = at('rename', /slots\/.*sandboxes\/box\.json/);
  const flushOfDirectory = at('fsync', /default\/sandboxes>/);
  expect(flushOfFile).toBeGreaterThanOrEqual(0);
  expect(commit).toBeGreaterThan(flushOfFile);
  expect(flushOfDirectory).toBeGreaterThan(commit);
});

test('a save never flushes on the main thread', async () => {
  const { worker, command } = await prepare('overwrite');
  const strace = await Strace.attach(worker.pid, ['fsync']);
  worker.send(command);
  await worker.line('done');
  const threads = strace.calls().map(({ thread }) => thread);
  await strace.end();
  expect(threads.length).toBeGreaterThan(1);
  expect(threads).not.toContain(String(worker.pid));
});

test('64 saves at once share the flushes of their directory', async () => {
  const { worker } = await prepare('overwrite');
  const strace = await Strace.attach(worker.pid, ['fsync'], 'fsync:delay_enter=20000');
  worker.send('save-many 64 1');
  await worker.line('done');
  const calls = strace.calls();
  await strace.end();
  const ofFiles = calls.filter(({ text }) => text.includes('.draft>')).length;
  const ofDirectory = calls.filter(({ text }) => text.includes('default/sandboxes>')).length;
  expect(ofFiles).toBe(64);
  expect(ofDirectory).toBeGreaterThanOrEqual(1);
  expect(ofDirectory).toBeLessThan(32);
});
