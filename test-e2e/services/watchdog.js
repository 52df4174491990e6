// Ends servers when the tests end, also when those were killed. It reads lines: `+123` watches a
// process, `-123` forgets it, `/path` is a directory to remove; when its input ends, so do they all.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const processes = new Set();
const directories = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('+')) processes.add(Number(line.slice(1)));
  if (line.startsWith('-')) processes.delete(Number(line.slice(1)));
  if (line.startsWith('/')) directories.add(line);
}
for (const pid of processes) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
