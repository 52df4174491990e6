import type { PersistError } from '@sandkeep/persist-api';
import { type Finding, finding, type Problem } from './problem.js';

/** What is lost with a record, and so to be done before it is removed, and after. */
const consequences = {
  image: 'then import the image again, and run repair',
  layer:
    'but first save what you need of the files that it is about: once the record is gone, a repair removes them, and ' +
    'the images and containers on that layer are to be made again',
  container: "but first save what you need of the container's files: once the record is gone, a repair removes them",
};

/**
 * The finding for a record that cannot be read. No repair touches it: it may be all that tells which files are whose,
 * and while it is there, repairs keep all files that could be.
 */
export function unreadable(
  kind: Problem['kind'] & keyof typeof consequences,
  { id, error }: { readonly id: string; readonly error: PersistError },
): Finding {
  const what = `its record cannot be read: ${error.message}`;
  if (error.code === 'FORMAT_UNSUPPORTED') {
    return finding(kind, id, `${what}. It is left as it is: use the newer version`);
  }
  const advice = `Remove it, "sandkeep rm --key ${error.key}", and restore it from a backup`;
  return finding(kind, id, `${what}. ${advice}. If there is none, ${consequences[kind]}`);
}
