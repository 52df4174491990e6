/** Imported before a program: writes its peak of resident memory, in KiB, to the file SANDKEEP_PEAK when it exits. */
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  writeFileSync(process.env.SANDKEEP_PEAK, peak);
});
