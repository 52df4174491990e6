import type { CommitStep, Harness, StorageFault } from '@sandkeep/persist-conformance';
import { fsHarness } from '../../packages/persist-fs/test/fs-harness.js';
import { Strace, type TracedCall } from '../support/strace.js';

/** Which calls fail how: a write makes its draft, puts it into a directory, claims its slot with that, and commits. */
const failures = [
  { calls: 'openat', error: 'ENOSPC' },
  { calls: 'openat', error: 'EACCES' },
  { calls: 'writev', error: 'ENOSPC' },
  { calls: 'fsync', error: 'EIO' },
  { calls: 'mkdir', error: 'EDQUOT' },
  { calls: 'rename', error: 'EROFS' },
  { calls: 'rename', from: 2, error: 'ENOSPC' },
  { calls: 'rename', from: 3, error: 'EACCES' },
] as const;

/** The harness of the directory driver with what takes strace: failing system calls, and those of a commit. */
export function tracedFsHarness(base: string): Harness<string> {
  return {
    ...fsHarness(base),
    storageFaults: () => failures.map(storageFault),
    recordCommits: async (root, pid) => {
      const strace = await Strace.attach(pid, ['fsync', 'rename']);
      return async () => {
        const steps = strace.calls().flatMap((call) => commitStep(call, root));
        await strace.end();
        return steps;
      };
    },
  };
}

function storageFault({ calls, error, ...at }: (typeof failures)[number]): StorageFault {
  const from = 'from' in at ? at.from : 1;
  return {
    name: `every ${calls}${from === 1 ? '' : `, from number ${from} on,`} fails with ${error}`,
    codes: [error === 'EACCES' ? 'PERMISSION_DENIED' : 'UNAVAILABLE'],
    begin: async (pid) => {
      const strace = await Strace.attach(pid, [calls], `${calls}:error=${error}:when=${from}+`);
      return () => strace.end();
    },
  };
}

function commitStep({ name, text }: TracedCall, root: string): CommitStep[] {
  if (name === 'rename') return /\/slots\/.*\.json"/.test(text) ? ['commit'] : [];
  if (/\/staged\/[^/]*\.draft>/.test(text)) return ['flush the data'];
  return text.includes(`<${root}/flushed>`) ? ['flush the commit'] : [];
}
