import type { LockStatus } from '@sandkeep/persist-api';

const damagedMark = 'damaged:';

/**
 * What `sandkeep locks` shows for a lock whose record is damaged, in place of the id of a holder, which nobody can
 * read. No holder's id holds a colon.
 */
export function damagedLockId(name: string): string {
  return damagedMark + name;
}

/** What can be broken: a holder by its id, or a damaged lock. */
export interface Breakable {
  readonly id: string;
  readonly name: string;
  /** Who holds it, for people. */
  readonly who: string;
}

export function breakablesOf({ name, holders, error }: LockStatus): Breakable[] {
  if (error?.code === 'CORRUPT') return [{ id: damagedLockId(name), name, who: 'a damaged record' }];
  return holders.map(({ id, mode, host, pid, info, since }) => {
    const why = info === '' ? '' : `, ${info}`;
    return { id, name, who: `${mode} by ${host}:${pid} since ${since}${why}` };
  });
}
