import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { endProcess, isAlive, isGoneWithin, sendSignal } from '../src/demo/container-process.js';
import { processStart } from '../src/demo/process-start.js';

/** A process that has run `script`, up to its first line of output. */
async function node(script: string): Promise<{ child: ChildProcess; pid: number; start: string }> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const pid = child.pid as number;
  return { child, pid, start: String(await processStart(pid)) };
}

const idle = 'console.log("up"); setInterval(() => {}, 1000)';

it('a process is known by its pid and its start', async () => {
  const { child, pid, start } = await node(idle);
  expect(await processStart(pid)).toBe(start);
  expect(await isAlive({ pid, start })).toBe(true);
  expect(await isAlive({ pid, start: `${start}0` })).toBe(false);
  expect((await node(idle)).start).not.toBe(start);
  child.kill();
  await once(child, 'exit');
  expect(await processStart(pid)).toBeUndefined();
  expect(await isAlive({ pid, start })).toBe(false);
});

it('a zombie is gone', async () => {
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 100'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = await once(parent.stdout, 'data');
  const id = { pid: Number(line), start: String(await processStart(Number(line))) };
  expect(await isGoneWithin(id, 30_000)).toBe(true);
  process.kill(id.pid, 0); // throws if its entry were gone, too
});

it('a signal never reaches another process with the same pid', async () => {
  const { pid, start } = await node(idle);
  await sendSignal({ pid, start: 'another boot/1' }, 'SIGKILL');
  await endProcess({ pid, start: 'another boot/1' });
  expect(await isGoneWithin({ pid, start }, 200)).toBe(false);
});

it('a process is ended with SIGTERM, so that it can clean up', async () => {
  const { child, ...id } = await node(`process.on("SIGTERM", () => process.exit(7)); ${idle}`);
  const exit = once(child, 'exit');
  await endProcess(id);
  expect(await exit).toEqual([7, null]);
});

it('a process that ignores SIGTERM is killed', async () => {
  const { child, ...id } = await node(`process.on("SIGTERM", () => {}); ${idle}`);
  const exit = once(child, 'exit');
  await endProcess(id, 200);
  expect(await exit).toEqual([null, 'SIGKILL']);
});
